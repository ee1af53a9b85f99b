import { z } from 'zod';
import type { IsoTime, Username } from '../../core/brands.ts';
import { knownUsername } from '../../core/brands.ts';
import type { Page, Position } from '../../core/pagination.ts';
import type { TableStore, Write } from '../../database/table-store.ts';
import { AFTER_EVERY_ID, KEYS, SEPARATOR } from '../../database/tables.ts';
import { timestampSchema } from '../../entities/fields.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The kinds of work that is done at a time. Each has one handler. */
export const dueWorkKindSchema = z.enum([
  'funding_payment',
  'airdrop',
  'staking_release',
  'staking_rewards',
  'house_book',
  'recurring_buy',
]);
export type DueWorkKind = z.infer<typeof dueWorkKindSchema>;

const dueWorkSchema = z.object({
  kind: dueWorkKindSchema,
  /** The time from which the work is to be done. */
  due_at: timestampSchema,
  /** What the work is about, such as a payment; unique among the work of its kind at that time. */
  subject: z.string().regex(/^[\w:@.-]{1,128}$/),
});

/**
 * Work that is due at a time. It exists until it is done: the commit that does it reads this item and deletes it or replaces
 * it by the next one, so it is done once however many processes try.
 */
export type DueWork = z.infer<typeof dueWorkSchema>;

export const dueWorkRecord = defineRecord<DueWork, DueWork>({
  table: 'users',
  schema: dueWorkSchema,
  key: ({ kind, due_at, subject }) => ({
    pk: KEYS.users.dueWork.pkPrefix + kind,
    sk: due_at + SEPARATOR + subject,
  }),
});

const OWNER_SEPARATOR = ':';

/** Returns the subject of work about something of a user, by its id. */
export function ownedSubject(username: Username, id: string): string {
  return username + OWNER_SEPARATOR + id;
}

/** Inverse of `ownedSubject`. */
export function readOwnedSubject({ subject }: DueWork): { readonly username: Username; readonly id: string } {
  const [username = '', id = ''] = subject.split(OWNER_SEPARATOR);
  return { username: knownUsername(username), id };
}

/** Returns the write that ends work. The transaction must read the item and find it. */
export function doneWork(work: DueWork): Write {
  return { kind: 'delete', key: dueWorkRecord.key(work) };
}

export type DueWorkDao = ReturnType<typeof createDueWorkDao>;

/** Creates the DAO of due work. */
export function createDueWorkDao(store: TableStore) {
  return {
    /** Returns the work of one kind that is due at a time, the longest overdue first. */
    async getDue(
      kind: DueWorkKind,
      {
        at,
        limit,
        after,
      }: { readonly at: IsoTime; readonly limit: number; readonly after?: Position | undefined },
    ): Promise<Page<DueWork>> {
      const query = {
        table: 'users',
        pk: KEYS.users.dueWork.pkPrefix + kind,
        sk: { to: at + AFTER_EVERY_ID },
        order: 'ascending',
      } as const;
      return readPage(store, query, { limit, offset: 0, after }, dueWorkRecord.read);
    },
  };
}
