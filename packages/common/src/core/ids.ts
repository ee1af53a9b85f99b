import { v7 as uuidV7 } from 'uuid';

/** The source of ids, injected like the clock. */
export interface IdSource {
  /** A new id that sorts after the earlier ones of this process (UUID version 7, RFC 9562). */
  next(): string;
}

export const systemIds: IdSource = { next: () => uuidV7() };

/** Ids that we make and accept: letters, digits and hyphens, at most 100. */
export const ID_PATTERN = /^[A-Za-z0-9-]{1,100}$/;

/** Wide enough for a trillion entries of one user. */
const SEQUENCE_DIGITS = 12;

/**
 * The id of the n-th entry in a ledger. It starts with the position, so the order of ids is the order of the
 * chain even when two entries share a millisecond or two machines disagree about the time.
 * @param sequence position in the ledger, from 1
 * @param uniqueId makes the id unique across ledgers
 */
export function ledgerEntryId(sequence: number, uniqueId: string): string {
  return `${String(sequence).padStart(SEQUENCE_DIGITS, '0')}-${uniqueId}`;
}
