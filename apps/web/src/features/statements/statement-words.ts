import { z } from 'zod';
import type { Statement, StatementMovement } from '../../api/account/statements.ts';
import { TRANSACTION_NAMES } from '../../ui/ledger-names.ts';

/** Search parameters of the page of statements. */
export const statementSearchSchema = z.object({
  month: z
    .string()
    .regex(/^\d{4}-(?:0[1-9]|1[0-2])$/)
    .optional()
    .catch(undefined),
});
export type StatementSearch = z.infer<typeof statementSearchSchema>;

const MOVEMENT_NAMES: Readonly<Record<StatementMovement['transaction_type'], string>> = {
  ...TRANSACTION_NAMES,
  buy: 'Buy',
  sell: 'Sell',
  airdrop: 'Airdrop',
  staking: 'Staking reward',
  buy_refund: 'Refund of a buy',
  sell_refund: 'Refund of a sale',
};

/** Returns the name of a movement. */
export function movementName({ transaction_type }: Pick<StatementMovement, 'transaction_type'>): string {
  return MOVEMENT_NAMES[transaction_type];
}

/** Returns the name of a sum of cash: of both directions where they mean different things. */
export function totalName({
  transaction_type,
  direction,
}: Pick<Statement['cash_totals'][number], 'transaction_type' | 'direction'>): string {
  if (transaction_type === 'order_payment') return direction === 'debit' ? 'Bought' : 'Sold';
  const name = MOVEMENT_NAMES[transaction_type];
  if (transaction_type === 'deposit' || transaction_type === 'withdraw') return name;
  return direction === 'debit' ? `${name}, paid` : `${name}, received`;
}

const monthFormat = new Intl.DateTimeFormat('en-US', { month: 'long', year: 'numeric', timeZone: 'UTC' });

/** Formats `2026-01` as `January 2026`. */
export function formatStatementMonth(month: string): string {
  return monthFormat.format(new Date(`${month}-01T00:00:00.000Z`));
}
