import { knownAssetId, transactionId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import { assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { nameOf, violation } from '../violation.ts';

const ALL_DAYS = 'ALL';
const ASSET_ACCOUNT = /^house:asset:(\w+)$/;
const USER_ACCOUNT = /^user:/;
const UNIQUE_PART = /^\d{12}-(.+)$/;
const LENGTH_OF_DAY = 10;

/** The sums of the house book by the period and, for an asset, its id. Each sum has a name. */
export type BookSums = Map<string, Map<string, Decimal>>;

/** What the entries of a user that the book has say about the checkpoint. */
export interface FollowedUser {
  readonly sequence: number;
  readonly lastDay: string | null;
  /** The last days with a buy and with a sale, by asset. */
  readonly traded: ReadonlyMap<string, { readonly bought: string | null; readonly sold: string | null }>;
}

export const NOTHING_FOLLOWED: FollowedUser = { sequence: 0, lastDay: null, traded: new Map() };

const periodName = (period: string, assetId = ''): string => `${period} ${assetId}`;

function add(sums: BookSums, period: string, changes: Readonly<Record<string, Decimal>>): void {
  const known = sums.get(period) ?? new Map<string, Decimal>();
  sums.set(period, known);
  for (const [name, amount] of Object.entries(changes))
    known.set(name, (known.get(name) ?? ZERO).plus(amount));
}

const count = (isCounted: boolean): Decimal => (isCounted ? decimal('1') : ZERO);

/** Adds an account of the book by the day on which it was opened. */
export function addAccount(sums: BookSums, openedOn: string): void {
  for (const period of [openedOn, ALL_DAYS]) add(sums, periodName(period), { new_users: decimal('1') });
}

/** What is missing in the sums of an entry until the trade is known that it pays for. */
export interface PaidUnits {
  readonly key: ItemKey;
  /** Adds the units of the trade. */
  readonly add: (quantity: string) => void;
}

/**
 * Adds an entry of a user that the book has. An entry belongs to its day, or to that of an entry before it if that is later.
 * @returns the user after it, and the units that it pays for
 */
export function addEntry(
  sums: BookSums,
  before: FollowedUser,
  entry: BalanceTransaction,
): { readonly user: FollowedUser; readonly units: PaidUnits | undefined } {
  const { legs, created_at, amount, transaction_type, sequence } = entry;
  const ownDay = created_at.slice(0, LENGTH_OF_DAY);
  const day = before.lastDay !== null && before.lastDay > ownDay ? before.lastDay : ownDay;
  const received = (name: string): Decimal =>
    legs.reduce((sum, leg) => (leg.account === name ? sum.plus(leg.amount) : sum), ZERO);
  const account = legs.find((leg) => ASSET_ACCOUNT.test(leg.account))?.account;
  const assetId = account && ASSET_ACCOUNT.exec(account)?.[1];
  const cash = account === undefined ? ZERO : received(account);
  const fees = received('house:fee');
  const isTrade = assetId !== undefined && transaction_type === 'order_payment';
  const [isBuy, isSale] = [isTrade && cash.gt(ZERO), isTrade && cash.lt(ZERO)];
  const volume = isBuy ? decimal(amount).minus(fees) : isSale ? decimal(amount).plus(fees) : ZERO;
  const accounts: Record<string, Decimal> = {};
  for (const leg of legs) {
    if (ASSET_ACCOUNT.test(leg.account) || USER_ACCOUNT.test(leg.account)) continue;
    accounts[`account ${leg.account}`] = received(leg.account);
  }
  const house = { ...accounts, trades: count(isTrade), volume };
  add(sums, periodName(day), { ...house, active_users: count(before.lastDay !== day) });
  add(sums, periodName(ALL_DAYS), { ...house, active_users: count(before.lastDay === null) });
  if (assetId === undefined) return { user: { ...before, sequence, lastDay: day }, units: undefined };

  const last = before.traded.get(assetId) ?? { bought: null, sold: null };
  const [today, ever] = [periodName(day, assetId), periodName(ALL_DAYS, assetId)];
  const sides = { buys: count(isBuy), sales: count(isSale), volume };
  const earned = { cash, fees, spread: received('house:spread'), rounding: received('house:rounding') };
  add(sums, today, {
    ...sides,
    ...earned,
    buyers: count(isBuy && last.bought !== day),
    sellers: count(isSale && last.sold !== day),
  });
  add(sums, ever, {
    ...sides,
    ...earned,
    buyers: count(isBuy && last.bought === null),
    sellers: count(isSale && last.sold === null),
  });
  const traded = new Map(before.traded);
  if (isTrade) traded.set(assetId, { bought: isBuy ? day : last.bought, sold: isSale ? day : last.sold });
  return {
    user: { sequence, lastDay: day, traded },
    units: {
      key: tradeKeyOf(entry, assetId),
      add(text) {
        const quantity = decimal(text);
        const units = cash.gt(ZERO) ? quantity.neg() : quantity;
        const amounts = { units, bought: isBuy ? quantity : ZERO, sold: isSale ? quantity : ZERO };
        for (const period of [today, ever]) add(sums, period, amounts);
      },
    },
  };
}

/** Returns the key of the trade that an entry pays for: both have one time and the unique part of one id. */
function tradeKeyOf(
  { username, created_at: timestamp, transaction_id }: BalanceTransaction,
  assetId: string,
): ItemKey {
  return assetTransactionRecord.key({
    username,
    asset_id: knownAssetId(assetId),
    timestamp,
    transaction_id: transactionId(UNIQUE_PART.exec(transaction_id)?.[1] ?? '-'),
  });
}

/**
 * Checks that the checkpoint of a user is within the ledger, and remembers the days of its entries.
 * @param openedAt the time at which the account was opened, if its balance can be read
 */
export function checkCheckpoint(
  { key, entity }: StoredOf<'book checkpoint'>,
  { sequence, lastDay, traded }: FollowedUser,
  openedAt: string | undefined,
): Violation[] {
  if (entity.sequence > sequence) {
    const text = `It is at entry ${entity.sequence}, but the ledger ends at ${sequence}.`;
    return [violation('house-checkpoint', [key], text)];
  }
  const due = [...traded].map(([assetId, { bought, sold }]) => dayText(assetId, bought, sold));
  const stored = Object.entries(entity.traded).map(([id, days]) => dayText(id, days.bought_on, days.sold_on));
  const isOpened = openedAt === undefined || openedAt.startsWith(entity.opened_on);
  const isEqual =
    isOpened && entity.last_day === lastDay && due.toSorted().join() === stored.toSorted().join();
  return isEqual ? [] : [violation('house-checkpoint', [key], 'Its days are not those of the ledger.')];
}

function dayText(assetId: string, bought: string | null, sold: string | null): string {
  return `${assetId} ${bought} ${sold}`;
}

/** The stored sums of one period of the book. */
export type StoredPeriod = StoredOf<'house period'> | StoredOf<'asset period'>;

/** Returns the name that the computed sums of a stored period have. */
export function nameOfPeriod({ entity }: StoredPeriod): string {
  return periodName(entity.period, 'asset_id' in entity ? entity.asset_id : '');
}

/**
 * Compares the sums of the book with those that follow from the ledger entries within its checkpoints.
 * @param keyOf returns the key of a period that is not stored
 */
export function checkSums(
  sums: BookSums,
  stored: ReadonlyMap<string, StoredPeriod>,
  keyOf: (period: string, assetId: string) => ItemKey,
): Violation[] {
  const names = new Set([...sums.keys(), ...stored.keys()]);
  return [...names].flatMap((name) => {
    const found = stored.get(name);
    const [period = '', assetId = ''] = name.split(' ');
    const key = found?.key ?? keyOf(period, assetId);
    const due = textOf(sums.get(name) ?? new Map());
    const stated = found ? textOf(sumsOf(found)) : 'nothing';
    if (due === stated) return [];
    return [violation('house-sums', [key], `${nameOf(key)} has ${stated}, but the ledgers ${due}.`)];
  });
}

function sumsOf({ entity }: StoredPeriod): Map<string, Decimal> {
  const sums = new Map<string, Decimal>();
  for (const [name, value] of Object.entries(entity)) {
    if (name === 'period' || name === 'asset_id') continue;
    if (typeof value === 'object') {
      for (const [account, amount] of Object.entries(value)) sums.set(`account ${account}`, decimal(amount));
    } else sums.set(name, decimal(String(value)));
  }
  return sums;
}

function textOf(sums: ReadonlyMap<string, Decimal>): string {
  const texts = [...sums]
    .filter(([, amount]) => !amount.eq(ZERO))
    .map(([name, amount]) => `${name} ${formatDecimal(amount)}`);
  return texts.toSorted().join(', ') || 'nothing';
}
