import type { IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { collectPages } from '@cnop/common/core/pagination';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { DaySpan } from '@cnop/common/entities/house/house-book';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { ValidationError } from '@cnop/exception/errors';
import { assetsChangedSince, replayTransactions } from '../../portfolio/use-cases/replay-transactions.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { OrderOutcomes } from '../domain/order-outcomes.ts';
import { orderOutcomes } from '../domain/order-outcomes.ts';
import type { TradeAnalytics } from '../domain/trade-tally.ts';
import { createTradeTally } from '../domain/trade-tally.ts';

/** Orders that one answer counts at most. */
const MAX_ORDERS = 10_000;

type ReadDeps = Pick<UserDependencies, 'clock' | 'orders' | 'holdings' | 'trades'>;

/** The orders that a user placed in a span of days, and the trades of these days. */
export interface OwnAnalytics extends DaySpan {
  /** The time of the answer, which has everything until then. */
  readonly as_of: IsoTime;
  readonly orders: OrderOutcomes;
  readonly trades: TradeAnalytics;
}

/**
 * Computes the analytics of a user from the orders and trades themselves. Nothing is stored for it.
 * @throws ValidationError (422) when the span has too many orders or trades
 */
export async function readOwnAnalytics(
  deps: ReadDeps,
  { username, ...span }: DaySpan & { readonly username: Username },
): Promise<OwnAnalytics> {
  const as_of = isoTime(deps.clock.now());
  const period = { from: isoTime(new Date(span.from)), to: isoTime(new Date(`${span.to}T23:59:59.999Z`)) };
  const [orders, positions] = await Promise.all([
    readOrders(deps, username, period),
    deps.holdings.getAllAssetBalances(username),
  ]);
  const tally = createTradeTally(span);
  const assetIds = assetsChangedSince(positions, period.from);
  // From the first transaction on: how long a unit was held begins before the span.
  await replayTransactions(deps, { username, assetIds, to: period.to, parameter: 'from' }, tally.visit);
  return { as_of, from: span.from, to: span.to, orders: orderOutcomes(orders), trades: tally.result() };
}

async function readOrders(
  { orders }: ReadDeps,
  username: Username,
  period: { readonly from: IsoTime; readonly to: IsoTime },
): Promise<readonly OrderDocument[]> {
  const found = await collectPages((request) => orders.getOrdersByUser(username, request, period), {
    pageSize: MAX_QUERY_LIMIT,
    maxItems: MAX_ORDERS,
    maxPages: MAX_ORDERS / MAX_QUERY_LIMIT + 1,
  });
  if (found) return found;
  const message = `There are more than ${MAX_ORDERS} orders. Ask for a shorter period.`;
  throw ValidationError.ofParameter('from', message, 'period_too_wide');
}
