import { CURRENCY_SCALE, decimal } from '@cnop/common/core/money';
import type { Item } from '@cnop/common/database/table-store';
import { isSameKey } from '@cnop/common/database/validate-transaction';
import { FORMER_CANCEL_ONLY } from '@cnop/common/entities/inventory/asset';
import type { Kind, Reading, Stored } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { nameOf, violation } from '../violation.ts';

/** The fields of each kind that hold USD. Prices and averages are USD per unit and have a scale of their own. */
const USD_FIELDS: Partial<Readonly<Record<Kind, readonly string[]>>> = {
  balance: [
    'current_balance',
    'held_balance',
    'total_deposits',
    'total_withdrawals',
    'total_orders',
    'total_refunds',
  ],
  'ledger entry': ['amount', 'previous_balance', 'new_balance'],
  holding: ['total_invested', 'realized_pnl'],
  'asset transaction': ['total_amount', 'fees', 'realized_pnl'],
  order: ['total_amount', 'fees'],
};

/** What every item must be by itself, whatever its kind. */
export function checkItem(item: Item, reading: Reading): Violation[] {
  const keys = [item.key];
  switch (reading.outcome) {
    case 'unknown kind':
      return [violation('item-kind', keys, 'No kind of item has such a key.')];
    case 'unreadable':
      return [violation('item-schema', keys, `This is no valid ${reading.kind}. ${reading.reason}`)];
    case 'read':
      return [...checkKey(item, reading.stored), ...checkUsd(item, reading.stored.kind)];
  }
}

function checkKey(item: Item, { kind, rewritten, entity }: Stored): Violation[] {
  if (!isSameKey(item.key, rewritten.key)) {
    const place = nameOf(rewritten.key);
    return [violation('item-key', [item.key], `By its fields this ${kind} belongs at ${place}.`)];
  }
  // Reading puts names into lower case and ids into upper case. Stored, they are so already.
  const fields: Readonly<Record<string, unknown>> = entity;
  for (const name in fields) {
    const stored = item.attributes[name];
    if (typeof stored !== 'string' || stored === fields[name]) continue;
    // The upgrade of assets at the first start has not come yet.
    if (kind === 'asset' && name === 'status' && stored === FORMER_CANCEL_ONLY) continue;
    return [violation('item-schema', [item.key], `${name} is not stored in its normal form.`)];
  }
  return [];
}

function checkUsd(item: Item, kind: Kind): Violation[] {
  const found: Violation[] = [];
  for (const name of USD_FIELDS[kind] ?? []) {
    const amount = item.attributes[name];
    if (typeof amount === 'string' && !fitsUsd(amount)) {
      found.push(violation('item-scale', [item.key], `${name} is ${amount}.`));
    }
  }
  return found;
}

function fitsUsd(amount: string): boolean {
  // Nearly every amount is written with two digits; only others are worth a closer look.
  return amount.at(-CURRENCY_SCALE - 1) === '.' || decimal(amount).fits(CURRENCY_SCALE);
}
