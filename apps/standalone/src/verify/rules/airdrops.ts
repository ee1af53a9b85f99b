import type { AirdropId } from '@cnop/common/core/brands';
import { newId } from '@cnop/common/core/brands';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Airdrop } from '@cnop/common/entities/asset/airdrop';
import { RECIPIENTS_PER_PART } from '@cnop/common/entities/asset/airdrop';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** The id of an airdrop and the position of the recipient. */
const TRANSACTION_ID = /^(.+)-(\d{6})$/;

/** Returns whether nothing more is posted. The counts of other airdrops lag behind their results. */
export function isFinished({ status }: Airdrop): boolean {
  return status === 'completed' || status === 'cancelled';
}

/** Returns the recipient that the id of a transaction names; undefined when it names none. */
export function resultNamedBy({
  transaction_id,
}: AssetTransaction): { readonly airdrop_id: AirdropId; readonly position: number } | undefined {
  const [, airdropId, position] = TRANSACTION_ID.exec(transaction_id) ?? [];
  return airdropId === undefined ? undefined : { airdrop_id: newId(airdropId), position: Number(position) };
}

/** Checks that an asset transaction of an airdrop is the one that a result states. */
export function checkPosting(
  { key, entity }: StoredOf<'asset transaction'>,
  result: StoredOf<'airdrop result'> | undefined,
  resultKey: ItemKey,
): Violation[] {
  const wrong = (text: string) => [violation('airdrop-posting', [key, resultKey], text)];
  if (!result) return wrong('No airdrop states it.');
  const stated = result.entity;
  const pairs = [
    ['outcome', 'posted', stated.outcome],
    ['transaction', entity.transaction_id, stated.transaction_id],
    ['user', entity.username, stated.username],
    ['asset', entity.asset_id, stated.asset_id],
    ['quantity', entity.quantity, stated.quantity],
    ['time', entity.timestamp, stated.at],
  ] as const;
  const unequal = pairs.find(([, due, found]) => due !== found);
  return unequal ? wrong(`The ${unequal[0]} is ${unequal[1]}, but its result states ${unequal[2]}.`) : [];
}

/** Checks that a result is of the recipient at its position, and has a transaction or a problem. */
export function checkRecipient(
  { key, entity }: StoredOf<'airdrop result'>,
  part: StoredOf<'airdrop part'> | undefined,
): Violation[] {
  const { position, username, quantity, outcome, transaction_id, problem } = entity;
  const wrong = (text: string) => [violation('airdrop-report', [key], text)];
  const recipient = part?.entity.recipients[position % RECIPIENTS_PER_PART];
  if (recipient?.username !== username || recipient.quantity !== quantity)
    return wrong(
      `Recipient ${position} is ${recipient?.username ?? 'missing'}, not ${username} with ${quantity}.`,
    );
  const isPosted = outcome === 'posted';
  if (isPosted === (transaction_id !== null) && isPosted === (problem === null)) return [];
  return wrong(`It is ${outcome}, with the transaction ${transaction_id} and the problem ${problem}.`);
}

/** Checks the counts of a finished airdrop against all of its recipients and results. */
export function checkAirdropReport(
  { key, entity }: StoredOf<'airdrop'>,
  {
    parts,
    results,
  }: {
    readonly parts: readonly StoredOf<'airdrop part'>[];
    readonly results: readonly StoredOf<'airdrop result'>[];
  },
): Violation[] {
  const recipients = parts.flatMap((part) => part.entity.recipients);
  const sum = (amounts: readonly { readonly quantity: string }[]): string =>
    formatDecimal(amounts.reduce((total, { quantity }) => total.plus(quantity), ZERO));
  const count = (outcome: string): number => results.filter((one) => one.entity.outcome === outcome).length;
  const posted = results.map((one) => one.entity).filter(({ outcome }) => outcome === 'posted');
  const pairs = [
    ['recipients', recipients.length, entity.recipients],
    ['different recipients', new Set(recipients.map(({ username }) => username)).size, entity.recipients],
    ['units', sum(recipients), formatDecimal(decimal(entity.total_quantity))],
    ['handled recipients', results.length, entity.handled],
    ['posted recipients', count('posted'), entity.posted],
    ['skipped recipients', count('skipped'), entity.skipped],
    ['failed recipients', count('failed'), entity.failed],
    ['posted units', sum(posted), formatDecimal(decimal(entity.posted_quantity))],
    ...(entity.status === 'completed'
      ? [['handled recipients', entity.recipients, entity.handled] as const]
      : []),
  ] as const;
  const unequal = pairs.find(([, due, stated]) => due !== stated);
  if (!unequal) return [];
  return [
    violation('airdrop-report', [key], `It states ${unequal[2]} ${unequal[0]}, but there are ${unequal[1]}.`),
  ];
}
