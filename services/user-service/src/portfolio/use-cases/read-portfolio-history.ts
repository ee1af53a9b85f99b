import type { AssetId, IsoTime, Price, TransactionId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { Position } from '@cnop/common/core/pagination';
import type { AssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { AssetTransaction, UnitMovement } from '@cnop/common/entities/asset/asset-transaction';
import { isUnitMovement } from '@cnop/common/entities/asset/asset-transaction';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS, candleOpenTime } from '@cnop/common/entities/inventory/candle';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { HistoryInterval, HistoryRange } from '../domain/history-times.ts';
import { HISTORY_RANGES, historyTimes } from '../domain/history-times.ts';
import { pastPrices } from '../domain/past-prices.ts';
import type { ValuedHolding } from '../domain/portfolio.ts';
import type { AccountChange, History, HistoryPoint } from '../domain/portfolio-history.ts';
import {
  chooseSteps,
  mergeChanges,
  paidTradeName,
  portfolioHistory,
  tradeName,
} from '../domain/portfolio-history.ts';
import type { Account, ValueHoldingsDeps } from './read-portfolio.ts';
import { readAccount, valueHoldings } from './read-portfolio.ts';

/** Ledger entries that one history reads at most. */
export const MAX_HISTORY_ENTRIES = 5_000;
const ENTRIES_PER_READ = 250;
/** Candles of an hour that one answer reads for an asset at most. */
const MAX_HOURLY_READS = 100;
const HOUR_MILLISECONDS = CANDLE_SECONDS['1h'] * 1_000;

export type ReadPastValuesDeps = ValueHoldingsDeps &
  Pick<UserDependencies, 'store' | 'clock' | 'balances' | 'trades' | 'candles'>;

interface PortfolioHistory {
  readonly range: HistoryRange;
  readonly interval: HistoryInterval;
  /** Oldest first; the last point is the present. */
  readonly data: readonly HistoryPoint[];
  /** False when the points begin later than the requested range. */
  readonly complete: boolean;
}

/**
 * Computes the value of a user's portfolio over time from the ledger, trades and candles. Nothing is stored for it.
 * @throws NotFoundError (404) without an account
 * @see docs/reference/portfolio.md
 */
export async function readPortfolioHistory(
  deps: ReadPastValuesDeps,
  { username, range }: { readonly username: Username; readonly range: HistoryRange },
): Promise<PortfolioHistory> {
  const account = await readAccount(deps.store, username);
  const { created_at: createdAt } = account.balance;
  const now = isoTime(deps.clock.now());
  const { interval } = HISTORY_RANGES[range];
  const times = historyTimes(range, { now, createdAt });
  const { points, reachesBack } = await readPastValues(deps, account, { now, interval, times, chooseSteps });
  const isWhole = range !== 'all' || (times[0] ?? now) <= createdAt;
  return { range, interval, data: points, complete: reachesBack && isWhole };
}

/** The moments at which a portfolio is valued. */
export interface ValuationRequest {
  /** The last point. */
  readonly now: IsoTime;
  /** Past moments, oldest first. */
  readonly times: readonly IsoTime[];
  /** The length of the candles that give the prices. */
  readonly interval: HistoryInterval;
  /** Chooses the changes that get points of their own. */
  readonly chooseSteps: (changes: readonly AccountChange[], since: IsoTime) => Set<TransactionId>;
  /** Whether the first and the last moment and the steps are valued at candles of an hour when the interval is longer. */
  readonly isPrecise?: boolean;
}

/** Computes the values of a portfolio at given moments from the ledger, trades and candles, with the movements of units. */
export async function readPastValues(
  deps: ReadPastValuesDeps,
  account: Account,
  { now, times, interval, chooseSteps: choose, isPrecise = false }: ValuationRequest,
): Promise<History & { readonly movements: readonly UnitMovement[] }> {
  const { balance, holdings } = account;
  const since = times[0] ?? now;
  const entries = await readEntries(deps.balances, account, since);
  const { trades, movements } = await readTrades(deps.trades, account, { entries, since });
  const valued = await valueHoldings(deps, holdings);
  const all = [...trades.values(), ...movements];
  const traded = new Set(all.map(({ asset_id }) => asset_id));
  const held = valued.filter(({ asset_id, quantity }) => traded.has(asset_id) || decimal(quantity).gt('0'));
  const hasAllEntries = entries.length === balance.transaction_count;
  const changes = mergeChanges({ entries, movements, hasAllEntries });
  const steps = choose(changes, since);
  const stepTimes = changes.flatMap(({ transaction_id, created_at }) =>
    steps.has(transaction_id) ? [created_at] : [],
  );
  const moments = [...new Set([...times, ...stepTimes])].toSorted();
  const history = portfolioHistory({
    balance,
    holdings,
    entries,
    hasAllEntries,
    trades,
    movements,
    present: { at: now, assetValue: valued.reduce((sum, one) => sum.plus(one.current_market_value), ZERO) },
    times,
    steps,
    priceAt: await readPrices(deps.candles, held, {
      interval,
      times: moments,
      hourly: isPrecise && interval === '1d' ? [since, times.at(-1) ?? now, ...stepTimes] : [],
      trades: all,
    }),
  });
  return { ...history, movements };
}

/** Reads the ledger from the present back to the first entry at or before a moment, or to the limit. */
async function readEntries(
  balances: BalanceDao,
  { balance: { username, transaction_count } }: Account,
  since: IsoTime,
): Promise<BalanceTransaction[]> {
  const entries: BalanceTransaction[] = [];
  // Entries posted since the account was read are left out.
  const range = { first: 1, last: transaction_count };
  let after: Position | undefined;
  do {
    const request = {
      limit: Math.min(ENTRIES_PER_READ, MAX_HISTORY_ENTRIES - entries.length),
      offset: 0,
      after,
    };
    const page = await balances.getUserTransactions(username, request, { range });
    entries.push(...page.items);
    after = page.next;
  } while (after && entries.length < MAX_HISTORY_ENTRIES && (entries.at(-1)?.created_at ?? since) > since);
  return entries;
}

/** Reads the trades that the entries paid for, by `tradeName`, and the movements of units without cash. */
async function readTrades(
  transactions: AssetTransactionDao,
  { balance: { username }, holdings }: Account,
  { entries, since }: { readonly entries: readonly BalanceTransaction[]; readonly since: IsoTime },
): Promise<{ readonly trades: Map<string, AssetTransaction>; readonly movements: UnitMovement[] }> {
  const names = new Set(entries.flatMap((entry) => paidTradeName(entry) ?? []));
  const trades = new Map<string, AssetTransaction>();
  const movements: UnitMovement[] = [];
  // An instance takes the time before it commits, so the last entry need not have the oldest time.
  const from = entries.reduce((oldest, { created_at }) => (created_at < oldest ? created_at : oldest), since);
  for (const { asset_id, last_transaction } of holdings) {
    if (last_transaction !== null && last_transaction < from) continue;
    for (const one of await transactions.getTradesSince(username, asset_id, from)) {
      const name = tradeName(one);
      // One that followed after the account was read is left out.
      if (isUnitMovement(one) && one.timestamp <= (last_transaction ?? '')) movements.push(one);
      else if (names.has(name)) trades.set(name, one);
    }
  }
  return { trades, movements: movements.toSorted((a, b) => (a.created_at < b.created_at ? 1 : -1)) };
}

interface PriceRequest {
  /** Oldest first, without duplicates. */
  readonly times: readonly IsoTime[];
  readonly interval: HistoryInterval;
  readonly trades: readonly AssetTransaction[];
  /** Moments for which the last candle of an hour is read as well. */
  readonly hourly: readonly IsoTime[];
}

/** Reads the prices of positions at past moments, from candles and the user's own trades. */
async function readPrices(
  candles: CandleDao,
  holdings: readonly ValuedHolding[],
  { times, interval, trades, hourly }: PriceRequest,
): Promise<(assetId: AssetId, at: IsoTime) => Price | undefined> {
  const readings = holdings.map(async ({ asset_id: assetId, current_price }) => {
    const prices = pastPrices(times, {
      candles: await readPastCandles(candles, { assetId, interval, times }),
      trades: [
        ...trades.filter(({ asset_id }) => asset_id === assetId),
        ...(await readHourlyCloses(candles, assetId, hourly)),
      ],
      presentPrice: current_price,
    });
    return [assetId, new Map(times.map((at, index) => [at, prices[index]]))] as const;
  });
  const prices = new Map(await Promise.all(readings));
  return (assetId, at) => prices.get(assetId)?.get(at);
}

/** Reads the candles of an asset for given moments, oldest first: one for each of them and one before them at most. */
export async function readPastCandles(
  candles: CandleDao,
  { assetId, interval, times }: Pick<PriceRequest, 'interval' | 'times'> & { readonly assetId: AssetId },
): Promise<Candle[]> {
  const limit = Math.min(times.length + 1, MAX_QUERY_LIMIT);
  const to = times.at(-1);
  return (await candles.getCandles({ assetId, interval, to, limit, order: 'descending' })).toReversed();
}

/** Reads the close of the last hour that had ended at each of some moments, of which the newest are chosen. */
export async function readHourlyCloses(
  candles: CandleDao,
  assetId: AssetId,
  moments: readonly IsoTime[],
): Promise<Pick<AssetTransaction, 'timestamp' | 'price'>[]> {
  const hours = new Set(moments.map((at) => candleOpenTime('1h', at)).toSorted());
  const closes: Pick<AssetTransaction, 'timestamp' | 'price'>[] = [];
  for (const hour of [...hours].slice(-MAX_HOURLY_READS)) {
    const to = isoTime(new Date(Date.parse(hour) - HOUR_MILLISECONDS));
    const [last] = await candles.getClosedCandles({
      assetId,
      interval: '1h',
      to,
      limit: 1,
      order: 'descending',
    });
    if (!last) continue;
    const timestamp = isoTime(new Date(Date.parse(last.open_time) + HOUR_MILLISECONDS));
    closes.push({ timestamp, price: last.close });
  }
  return closes;
}
