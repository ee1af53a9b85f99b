import type { AssetId, Price } from '@cnop/common/core/brands';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { priceFor, sideOf } from '@cnop/common/entities/order/order';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderExplanation } from '@cnop/common/entities/order/order-explanation';
import { timelineOf } from '../domain/reading/order-timeline.ts';
import type { CandleSpan, Extreme, SeenPrice } from '../domain/reading/watched-prices.ts';
import {
  candleSpansOf,
  closest,
  extremeFor,
  furthest,
  nearestMissOf,
  partsOf,
  reachOf,
  waitingFor,
  watchedPeriod,
} from '../domain/reading/watched-prices.ts';
import { highestPeakFor } from '../domain/trailing-stops/peaks.ts';
import type { OrderDependencies } from './dependencies.ts';
import type { OwnOrder } from './list-orders.ts';
import { findOwnOrder } from './list-orders.ts';

type Explaining = Pick<OrderDependencies, 'orders' | 'assets' | 'candles' | 'peaks' | 'quotes' | 'clock'>;

/**
 * Explains what happened to an order and which price triggers it, from the stored order, candles and peaks.
 * @throws NotFoundError (404)
 */
export async function explainOrder(deps: Explaining, own: OwnOrder): Promise<OrderExplanation> {
  const order = orderOf(await findOwnOrder(deps, own));
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

/** Returns the peak of a trailing stop. The trigger engine stores the peaks of open orders. */
async function peakSince(deps: Explaining, order: Order): Promise<Price | null> {
  if (order.status !== 'queued') return null;
  const { accepted_quote, asset_id } = order;
  const latest = deps.quotes.latest(asset_id);
  const peaks = await deps.peaks.getPeaks(asset_id);
  return highestPeakFor(accepted_quote, latest ? [...peaks, latest] : peaks).bid;
}

/** Returns the prices that an order was compared with: at acceptance, the most extreme on record since, and the current one. */
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

/** Candles record the mid; the price of a side follows from the asset's spread. */
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

/** Finds the shortest candle on record with the most extreme price: reads all of the spans, then parts of the best candle. */
async function furthestCandle(
  candles: OrderDependencies['candles'],
  assetId: AssetId,
  { spans, extreme }: Search,
): Promise<Candle | undefined> {
  const found = await Promise.all(spans.map((span) => readSpan(candles, assetId, span)));
  const best = furthest(found.flat(), extreme);
  const parts = best && partsOf(best);
  if (!parts) return best;
  const closer = await furthestCandle(candles, assetId, { spans: [parts], extreme });
  // Shorter candles are kept for a shorter time: those left may not show the extreme.
  return closer && reachOf(closer, extreme) === reachOf(best, extreme) ? closer : best;
}

async function readSpan(
  candles: OrderDependencies['candles'],
  assetId: AssetId,
  span: CandleSpan,
): Promise<Candle[]> {
  const { interval, from, to, count: limit } = span;
  return candles.getCandles({ assetId, interval, from, to, limit, order: 'ascending' });
}
