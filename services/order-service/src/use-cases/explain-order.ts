import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import type { OrderExplanation } from '@cnop/common/entities/order/order-explanation';
import { priceFor, sideOf } from '@cnop/common/trading/order-sides';
import type { CandleSpan, Extreme } from '../domain/candle-spans.ts';
import { candleSpansOf, furthest, partsOf, reachOf } from '../domain/candle-spans.ts';
import { timelineOf } from '../domain/order-timeline.ts';
import { highestPeakFor } from '../domain/price-peaks.ts';
import type { SeenPrice } from '../domain/watched-price.ts';
import { closest, extremeFor, nearestMissOf, waitingFor, watchedPeriod } from '../domain/watched-price.ts';
import type { OrderDependencies } from './dependencies.ts';
import type { OwnOrder } from './find-own-order.ts';
import { findOwnOrder } from './find-own-order.ts';

type Explaining = Pick<OrderDependencies, 'orders' | 'assets' | 'candles' | 'peaks' | 'quotes' | 'clock'>;

/**
 * Tells what happened to an order and what it waits for, from what is stored of it and of the prices.
 * @throws NotFoundError (404)
 */
export async function explainOrder(deps: Explaining, own: OwnOrder): Promise<OrderExplanation> {
  const order = await findOwnOrder(deps.orders, own);
  const quote = deps.quotes.latest(order.asset_id);
  const isTrailing = order.order_type === 'trailing_stop';
  const seen = isTrailing ? [] : await pricesSeen(deps, order);
  const nearestMiss = nearestMissOf(order, closest(seen, extremeFor(order)));
  const peakBid = isTrailing ? await peakSince(deps, order) : null;
  return {
    order_id: order.order_id,
    status: order.status,
    timeline: timelineOf(order, nearestMiss),
    nearest_miss: nearestMiss,
    waiting_for: waitingFor(order, { quote, peakBid }),
  };
}

/** The bid that a trailing stop is measured from: the trigger engine stores the peaks that waiting orders rest on. */
async function peakSince(deps: Explaining, order: Order): Promise<string | null> {
  const { accepted_quote, asset_id, status } = order;
  if (!accepted_quote || status !== 'queued') return null;
  const latest = deps.quotes.latest(asset_id);
  const peaks = await deps.peaks.getPeaks(asset_id);
  return highestPeakFor(accepted_quote, latest ? [...peaks, latest] : peaks).bid;
}

/** The prices that an order was held against: at its acceptance, the furthest on record since, and the one of now. */
async function pricesSeen(deps: Explaining, order: Order): Promise<SeenPrice[]> {
  const period = watchedPeriod(order, deps.clock.now());
  const { accepted_quote: accepted, asset_id, status } = order;
  if (!period || !accepted) return [];
  const side = sideOf(order.order_type);
  const latest = status === 'queued' ? deps.quotes.latest(asset_id) : undefined;
  const [asset, candle] = await Promise.all([
    deps.assets.getAsset(asset_id),
    furthestCandle(deps.candles, asset_id, { spans: candleSpansOf(period), extreme: extremeFor(order) }),
  ]);
  return [
    { price: priceFor(side, accepted), at: order.created_at, interval: null },
    ...(asset && candle ? [priceInCandle(order, asset, candle)] : []),
    ...(latest ? [{ price: priceFor(side, latest), at: latest.at, interval: null }] : []),
  ];
}

/** Candles know the middle of the price; what a side would have traded at follows from the asset's spread. */
function priceInCandle(order: Order, asset: Asset, candle: Candle): SeenPrice {
  const mid = reachOf(candle, extremeFor(order));
  const quote = quoteAround(asset, { mid, at: candle.open_time, source: candle.source, seq: 0 });
  return {
    price: priceFor(sideOf(order.order_type), quote),
    at: candle.open_time,
    interval: candle.interval,
  };
}

interface Search {
  readonly spans: readonly CandleSpan[];
  readonly extreme: Extreme;
}

/** The shortest candle on record that shows the furthest price: first all of the spans, then ever closer. */
async function furthestCandle(
  candles: CandleDao,
  assetId: string,
  { spans, extreme }: Search,
): Promise<Candle | undefined> {
  const found = await Promise.all(spans.map((span) => readSpan(candles, assetId, span)));
  const best = furthest(found.flat(), extreme);
  const parts = best && partsOf(best);
  if (!parts) return best;
  const closer = await furthestCandle(candles, assetId, { spans: [parts], extreme });
  // Shorter candles are kept for a shorter time: what is left of them may not reach as far.
  return closer && reachOf(closer, extreme) === reachOf(best, extreme) ? closer : best;
}

async function readSpan(candles: CandleDao, assetId: string, span: CandleSpan): Promise<Candle[]> {
  const { interval, from, to, count: limit } = span;
  return candles.getCandles({ assetId, interval, from, to, limit, order: 'ascending' });
}
