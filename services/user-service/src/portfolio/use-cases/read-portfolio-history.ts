import type { AssetId, IsoTime, Price, TransactionId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal, ZERO } from '@cnop/common/core/money';
import type { Position } from '@cnop/common/core/pagination';
import type { AssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { BalanceDao } from '@cnop/common/dao/user/balance-dao';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { BalanceTransaction, TransactionType } from '@cnop/common/entities/user/balance-transaction';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { HistoryInterval, HistoryRange } from '../domain/history-times.ts';
import { HISTORY_RANGES, historyTimes } from '../domain/history-times.ts';
import { pastPrices } from '../domain/past-prices.ts';
import type { ValuedHolding } from '../domain/portfolio.ts';
import type { HistoryPoint } from '../domain/portfolio-history.ts';
import { chooseSteps, portfolioHistory } from '../domain/portfolio-history.ts';
import type { Account, ValueHoldingsDeps } from './read-portfolio.ts';
import { readAccount, valueHoldings } from './read-portfolio.ts';

/** Ledger entries that one history reads at most. */
export const MAX_HISTORY_ENTRIES = 5_000;
const ENTRIES_PER_READ = 250;

type ReadPortfolioHistoryDeps = ValueHoldingsDeps &
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
  deps: ReadPortfolioHistoryDeps,
  { username, range }: { readonly username: Username; readonly range: HistoryRange },
): Promise<PortfolioHistory> {
  const account = await readAccount(deps.store, username);
  const { balance, holdings } = account;
  const now = isoTime(deps.clock.now());
  const { interval } = HISTORY_RANGES[range];
  const times = historyTimes(range, { now, createdAt: balance.created_at });
  const since = times[0] ?? now;
  const entries = await readEntries(deps.balances, account, since);
  const trades = await readTrades(deps.trades, account, entries);
  const valued = await valueHoldings(deps, holdings);
  const traded = new Set([...trades.values()].map(({ asset_id }) => asset_id));
  const held = valued.filter(({ asset_id, quantity }) => traded.has(asset_id) || decimal(quantity).gt('0'));
  const steps = chooseSteps(entries, since);
  const { points, reachesBack } = portfolioHistory({
    balance,
    holdings,
    entries,
    hasAllEntries: entries.length === balance.transaction_count,
    trades,
    present: { at: now, assetValue: valued.reduce((sum, one) => sum.plus(one.current_market_value), ZERO) },
    times,
    steps,
    priceAt: await readPrices(deps.candles, held, {
      interval,
      times: collectMoments(times, entries, steps),
      trades: [...trades.values()],
    }),
  });
  const isWhole = range !== 'all' || since <= balance.created_at;
  return { range, interval, data: points, complete: reachesBack && isWhole };
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

const PAID_TRADES: ReadonlySet<TransactionType> = new Set(['order_payment', 'settlement']);

/** Reads the trades that the entries paid for, by order id; settlements by their transaction id. */
async function readTrades(
  trades: AssetTransactionDao,
  { balance: { username }, holdings }: Account,
  entries: readonly BalanceTransaction[],
): Promise<Map<string, AssetTransaction>> {
  const orderIds = new Set(
    entries.flatMap((entry) => (PAID_TRADES.has(entry.transaction_type) ? [entry.reference_id] : [])),
  );
  const found = new Map<string, AssetTransaction>();
  const [newest] = entries;
  if (!newest || orderIds.size === 0) return found;
  // An instance takes the time before it commits, so the last entry need not have the oldest time.
  const since = entries.reduce(
    (oldest, { created_at }) => (created_at < oldest ? created_at : oldest),
    newest.created_at,
  );
  for (const { asset_id, last_transaction } of holdings) {
    if (last_transaction !== null && last_transaction < since) continue;
    for (const trade of await trades.getTradesSince(username, asset_id, since)) {
      const id = trade.order_id ?? trade.transaction_id;
      if (orderIds.has(id)) found.set(id, trade);
    }
  }
  return found;
}

/** Returns all moments of a history in order, each once: its times and those of its steps. */
function collectMoments(
  times: readonly IsoTime[],
  entries: readonly BalanceTransaction[],
  steps: ReadonlySet<TransactionId>,
): IsoTime[] {
  const stepTimes = entries.flatMap(({ transaction_id, created_at }) =>
    steps.has(transaction_id) ? [created_at] : [],
  );
  return [...new Set([...times, ...stepTimes])].toSorted();
}

interface PriceRequest {
  readonly times: readonly IsoTime[];
  readonly interval: HistoryInterval;
  readonly trades: readonly AssetTransaction[];
}

/** Reads the prices of positions at past moments, from candles and the user's own trades. */
async function readPrices(
  candles: CandleDao,
  holdings: readonly ValuedHolding[],
  { times, interval, trades }: PriceRequest,
): Promise<(assetId: AssetId, at: IsoTime) => Price | undefined> {
  const to = times.at(-1);
  const readings = holdings.map(async ({ asset_id: assetId, current_price }) => {
    const limit = Math.min(times.length + 1, MAX_QUERY_LIMIT);
    const newestFirst = await candles.getCandles({ assetId, interval, to, limit, order: 'descending' });
    const prices = pastPrices(times, {
      candles: newestFirst.toReversed(),
      trades: trades.filter(({ asset_id }) => asset_id === assetId),
      presentPrice: current_price,
    });
    return [assetId, new Map(times.map((at, index) => [at, prices[index]]))] as const;
  });
  const prices = new Map(await Promise.all(readings));
  return (assetId, at) => prices.get(assetId)?.get(at);
}
