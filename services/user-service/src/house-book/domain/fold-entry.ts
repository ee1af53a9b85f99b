import type { AssetId } from '@cnop/common/core/brands';
import { knownAssetId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatDecimal, ZERO } from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type {
  AssetSums,
  BookCheckpoint,
  BookPeriod,
  HouseSums,
} from '@cnop/common/entities/house/house-book';
import { ALL_DAYS } from '@cnop/common/entities/house/house-book';
import type { Balance } from '@cnop/common/entities/user/balance';
import { LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';

const ASSET_ACCOUNT_PREFIX = 'house:asset:';
const USER_ACCOUNT_PREFIX = 'user:';
const DAY_LENGTH = 'YYYY-MM-DD'.length;
const NOTHING = formatDecimal(ZERO);

/** The sums of a day, or of all days, before anything is added. */
export const NO_HOUSE_SUMS: HouseSums = {
  accounts: {},
  new_users: 0,
  active_users: 0,
  trades: 0,
  volume: NOTHING,
};

/** The sums of an asset before anything is added. */
export const NO_ASSET_SUMS: AssetSums = {
  units: NOTHING,
  cash: NOTHING,
  spread: NOTHING,
  fees: NOTHING,
  rounding: NOTHING,
  buys: 0,
  sales: 0,
  bought: NOTHING,
  sold: NOTHING,
  volume: NOTHING,
  buyers: 0,
  sellers: 0,
};

/** What is added to the sums of a period: those of the house, or those of an asset. */
export type Addition =
  | { readonly period: BookPeriod; readonly assetId?: undefined; readonly sums: HouseSums }
  | { readonly period: BookPeriod; readonly assetId: AssetId; readonly sums: AssetSums };

/** The checkpoint after a step, and what the step adds to the book. */
export interface Step {
  readonly checkpoint: BookCheckpoint;
  readonly additions: readonly Addition[];
}

/** Returns the asset whose units a ledger entry pays for; undefined when it pays for none. */
export function paidAssetOf({ legs }: BalanceTransaction): AssetId | undefined {
  const account = legs.find((leg) => leg.account.startsWith(ASSET_ACCOUNT_PREFIX))?.account;
  return account === undefined ? undefined : knownAssetId(account.slice(ASSET_ACCOUNT_PREFIX.length));
}

/** Adds an account that the book does not know yet. */
export function foldNewAccount({ username, created_at }: Balance): Step {
  const sums = { ...NO_HOUSE_SUMS, new_users: 1 };
  const opened_on = dayOf(created_at);
  return {
    checkpoint: { username, opened_on, sequence: 0, last_day: null, traded: {}, updated_at: created_at },
    additions: [opened_on, ALL_DAYS].map((period) => ({ period, sums })),
  };
}

/**
 * Adds the next ledger entry of a user. It belongs to its day, unless an entry before it belongs to a later one: clocks of
 * instances differ, and a user who was counted on a day would be counted twice.
 * @param trade the trade that the entry pays for
 */
export function foldEntry(
  before: BookCheckpoint,
  entry: BalanceTransaction,
  trade: AssetTransaction | undefined,
): Step {
  const ownDay = dayOf(entry.created_at);
  const day = before.last_day !== null && before.last_day > ownDay ? before.last_day : ownDay;
  const assetId = paidAssetOf(entry);
  const side = trade && sideOf(trade);
  const volume = trade && side ? trade.total_amount : NOTHING;
  const house: Omit<HouseSums, 'active_users'> = {
    accounts: otherAccounts(entry),
    new_users: 0,
    trades: side ? 1 : 0,
    volume,
  };
  const additions: Addition[] = [
    { period: day, sums: { ...house, active_users: before.last_day === day ? 0 : 1 } },
    { period: ALL_DAYS, sums: { ...house, active_users: before.last_day === null ? 1 : 0 } },
  ];
  const last = assetId === undefined ? undefined : before.traded[assetId];
  if (assetId !== undefined) {
    const sums = assetSumsOf(entry, trade);
    const isNew = (lastDay: string | null | undefined, of: 'buy' | 'sell') => ({
      today: side === of && lastDay !== day ? 1 : 0,
      ever: side === of && (lastDay ?? null) === null ? 1 : 0,
    });
    const [buyer, seller] = [isNew(last?.bought_on, 'buy'), isNew(last?.sold_on, 'sell')];
    additions.push(
      { period: day, assetId, sums: { ...sums, buyers: buyer.today, sellers: seller.today } },
      { period: ALL_DAYS, assetId, sums: { ...sums, buyers: buyer.ever, sellers: seller.ever } },
    );
  }
  const traded =
    assetId === undefined || side === undefined
      ? before.traded
      : {
          ...before.traded,
          [assetId]: {
            bought_on: side === 'buy' ? day : (last?.bought_on ?? null),
            sold_on: side === 'sell' ? day : (last?.sold_on ?? null),
          },
        };
  return {
    checkpoint: {
      username: before.username,
      opened_on: before.opened_on,
      sequence: entry.sequence,
      last_day: day,
      traded,
      updated_at: entry.created_at,
    },
    additions,
  };
}

function dayOf(at: string): string {
  return at.slice(0, DAY_LENGTH);
}

function sideOf({ transaction_type: type }: AssetTransaction): 'buy' | 'sell' | undefined {
  return type === 'buy' || type === 'sell' ? type : undefined;
}

/** Returns what the accounts without sums of their own receive by an entry. */
function otherAccounts({ legs }: BalanceTransaction): Record<string, string> {
  const accounts: Record<string, string> = {};
  for (const { account, amount } of legs) {
    if (account.startsWith(ASSET_ACCOUNT_PREFIX) || account.startsWith(USER_ACCOUNT_PREFIX)) continue;
    accounts[account] = plus(accounts[account], amount);
  }
  return accounts;
}

/** Returns what an entry adds to the sums of its asset. Units go the other way than the cash for them. */
function assetSumsOf({ legs }: BalanceTransaction, trade: AssetTransaction | undefined): AssetSums {
  const received = (isMeant: (account: string) => boolean): Decimal =>
    legs.reduce((sum, { account, amount }) => (isMeant(account) ? sum.plus(amount) : sum), ZERO);
  const cash = received((account) => account.startsWith(ASSET_ACCOUNT_PREFIX));
  const quantity = decimal(trade?.quantity ?? NOTHING);
  const side = trade && sideOf(trade);
  return {
    ...NO_ASSET_SUMS,
    units: formatDecimal(cash.gt(ZERO) ? quantity.neg() : quantity),
    cash: formatDecimal(cash),
    spread: formatDecimal(received((account) => account === LEDGER_ACCOUNTS.spread)),
    fees: formatDecimal(received((account) => account === LEDGER_ACCOUNTS.fee)),
    rounding: formatDecimal(received((account) => account === LEDGER_ACCOUNTS.rounding)),
    buys: side === 'buy' ? 1 : 0,
    sales: side === 'sell' ? 1 : 0,
    bought: side === 'buy' ? formatDecimal(quantity) : NOTHING,
    sold: side === 'sell' ? formatDecimal(quantity) : NOTHING,
    volume: trade && side ? formatDecimal(decimal(trade.total_amount)) : NOTHING,
  };
}

/** Adds two sums of the house. */
export function addHouseSums(one: HouseSums, other: HouseSums): HouseSums {
  const accounts = { ...one.accounts };
  for (const [account, amount] of Object.entries(other.accounts)) {
    accounts[account] = plus(accounts[account], amount);
  }
  return {
    accounts,
    new_users: one.new_users + other.new_users,
    active_users: one.active_users + other.active_users,
    trades: one.trades + other.trades,
    volume: plus(one.volume, other.volume),
  };
}

/** Adds two sums of an asset. */
export function addAssetSums(one: AssetSums, other: AssetSums): AssetSums {
  return {
    units: plus(one.units, other.units),
    cash: plus(one.cash, other.cash),
    spread: plus(one.spread, other.spread),
    fees: plus(one.fees, other.fees),
    rounding: plus(one.rounding, other.rounding),
    buys: one.buys + other.buys,
    sales: one.sales + other.sales,
    bought: plus(one.bought, other.bought),
    sold: plus(one.sold, other.sold),
    volume: plus(one.volume, other.volume),
    buyers: one.buyers + other.buyers,
    sellers: one.sellers + other.sellers,
  };
}

function plus(one: string | undefined, other: string): string {
  return formatDecimal(decimal(one ?? NOTHING).plus(other));
}
