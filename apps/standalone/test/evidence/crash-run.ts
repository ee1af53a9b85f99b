import { isoTime } from '@cnop/common/core/brands';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { createManualFeed } from '@cnop/inventory-service/price-feed/manual-feed';
import type { FeedPrice, PriceFeed } from '@cnop/inventory-service/price-feed/price-feed';
import { createReplayFeed } from '@cnop/inventory-service/price-feed/replay-feed';
import { createRandomSource, createSimulatedFeed } from '@cnop/inventory-service/price-feed/simulated-feed';
import { aPrice } from '@cnop/testing/builders/brands';
import type { FakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import type { CrashingMarket, Shape } from './crashing-market.ts';
import { assetOfRun, openCrashingMarket } from './crashing-market.ts';
import type { Dice } from './dice.ts';
import { createDice } from './dice.ts';

const FEEDS = ['manual', 'simulated', 'replay', 'exchange'] as const;
const SHAPES: readonly Shape[] = ['one process', 'stored prices', 'message bus'];
const START = Date.parse('2026-01-15T12:00:00.000Z');
const STEPS = 26;
const MOST_ORDERS = 10;
const MOST_SECONDS_TO_END = 60;
const REPLAY_POINTS = 2_000;

/** An order with the number of quotes before its acceptance. */
interface Placed {
  readonly order: OrderDocument;
  readonly acceptedAt: number;
}

/** The result of one run. */
export interface CrashRun {
  readonly feed: (typeof FEEDS)[number];
  readonly shape: Shape;
  readonly kills: number;
  readonly filled: number;
  /** Fills at recorded prices of a time when no engine ran. */
  readonly filledByRecord: number;
  /** Descriptions of wrong results. */
  readonly faults: readonly string[];
}

/**
 * Plays random prices, orders and kills, and compares each fill with all quotes.
 * @param plantStaleCandles makes the engine believe that the prices of a candle lasted until the end of its span
 */
export async function playCrashRun(
  { runtime, clock }: { readonly runtime: TestRuntime; readonly clock: FakeClock },
  { seed, plantStaleCandles = false }: { readonly seed: number; readonly plantStaleCandles?: boolean },
): Promise<CrashRun> {
  const dice = createDice(seed);
  const feed = FEEDS[seed % FEEDS.length] ?? 'manual';
  const shape = SHAPES[Math.floor(seed / FEEDS.length) % SHAPES.length] ?? 'one process';
  clock.set(new Date(START + dice.whole(0, 59_999)));
  const spread_bps = dice.pick([0, 0, 20, 300]);
  const asset = { ...assetOfRun(seed, clock.now()), spread_bps };
  const prices = priceSource(feed, asset, dice);
  const market = await openCrashingMarket({
    runtime,
    clock,
    asset,
    shape,
    openFeed: prices.open,
    ...(plantStaleCandles && { readCandles: (candles) => candles.map(believedToTheEnd) }),
  });
  const placed: Placed[] = [];
  let kills = 0;
  let secondsToEnd = MOST_SECONDS_TO_END;
  let restartedAt = 0;
  const byRecord = new Set<string>();

  const restart = async (): Promise<void> => {
    if (market.isKilled()) kills += 1;
    clock.advanceSeconds(dice.pick([0, 1, 5, 30, 59, 90]));
    if (dice.chance(0.1)) clock.advanceSeconds(-dice.whole(1, 600));
    restartedAt = market.known.size;
    await market.restart();
  };

  for (let step = 0; step < STEPS; step++) {
    clock.advanceMilliseconds(dice.whole(1, 9_000));
    const roll = dice.whole(0, 19);
    if (roll < 9) {
      const price = prices.move(market.latest());
      if (price !== undefined) await market.setPrice(price);
      await market.tick();
    } else if (roll < 15 && placed.length < MOST_ORDERS) {
      // The market has a fresh price, as it has each second.
      await market.tick();
      const acceptedAt = market.known.size;
      const order = await market.place(randomRequest(dice, market.latest()));
      if (order?.status === 'queued') placed.push({ order, acceptedAt });
    } else if (roll < 17) {
      await market.persist();
    } else if (roll < 19) {
      market.killAfter(dice.whole(0, 5));
    } else await restart();
    if (market.isKilled()) await restart();
  }
  market.spare();
  // A triggered order is filled at the next tradable quote: a jump, or the lease after a kill, may delay it.
  do {
    clock.advanceSeconds(1);
    await market.tick();
    secondsToEnd -= 1;
  } while (secondsToEnd > 0 && !market.isTradable());
  const faults: string[] = [];
  let filled = 0;
  for (const each of placed) {
    const order = await market.orderOf(each.order.order_id);
    if (order?.status === 'completed') {
      filled += 1;
      if ((market.known.get(order.trigger_quote?.seq ?? -1)?.index ?? Infinity) < restartedAt) {
        byRecord.add(order.order_id);
      }
    }
    faults.push(...faultsOf(market, each, order).map((fault) => `seed ${seed}, ${feed}, ${shape}: ${fault}`));
  }
  await market.close();
  return { feed, shape, kills, filled, filledByRecord: byRecord.size, faults };
}

/** A planted fault: treats the prices of a candle as if they were seen at the end of its span. */
function believedToTheEnd(candle: Candle): Candle {
  if (!candle.quotes) return candle;
  const seq = Date.parse(candle.open_time) + CANDLE_SECONDS[candle.interval] * 1_000 - 1;
  const { low, high, close } = candle.quotes;
  return {
    ...candle,
    quotes: {
      low: { ...low, seq: Math.max(low.seq, seq - 2) },
      high: { ...high, seq: Math.max(high.seq, seq - 1) },
      close: { ...close, seq: Math.max(close.seq, seq) },
    },
  };
}

/** A price feed and the prices that an administrator sets. */
interface PriceSource {
  readonly open: () => PriceFeed;
  /** The price that an administrator sets now, if one does. */
  readonly move: (latest: Quote | undefined) => string | undefined;
}

function priceSource(kind: (typeof FEEDS)[number], asset: Asset, dice: Dice): PriceSource {
  const next = (latest: Quote | undefined): string => movedPrice(dice, Number(latest?.mid ?? '100'));
  switch (kind) {
    case 'manual':
      return { open: createManualFeed, move: next };
    case 'simulated': {
      // Each tick stands for ten minutes, so that it moves by some percent.
      const open = () =>
        createSimulatedFeed({ random: createRandomSource(`${asset.asset_id}`), tickSeconds: 600 });
      return { open, move: () => undefined };
    }
    case 'replay': {
      let price = 100;
      const track = Array.from({ length: REPLAY_POINTS }, (_, i) => {
        price = Number(movedPrice(dice, price));
        return { atMilliseconds: i * 1_500, mid: aPrice(String(price)) };
      });
      const open = () => createReplayFeed({ tracks: new Map([[asset.asset_id, track]]), speed: 1 });
      return { open, move: () => undefined };
    }
    case 'exchange':
      return exchangeSource(asset, dice);
  }
}

/** Prices as an exchange sends them: irregular, sometimes several at once, and slightly old. */
function exchangeSource({ asset_id }: Asset, dice: Dice): PriceSource {
  let price = 100;
  const open = (): PriceFeed => ({
    source: 'exchange',
    start: () => undefined,
    moveTo: () => undefined,
    stop: () => Promise.resolve(),
    next(_priced, now) {
      return Array.from({ length: dice.pick([0, 1, 1, 2]) }, (): FeedPrice => {
        price = Number(movedPrice(dice, price));
        const at = isoTime(new Date(now.getTime() - dice.whole(0, 1_500)));
        return { asset_id, mid: aPrice(String(price)), at };
      });
    },
  });
  return { open, move: () => undefined };
}

/** Moves a price mostly by a few percent, sometimes not at all, seldom beyond the limit of a jump. */
function movedPrice(dice: Dice, price: number): string {
  const percent = dice.chance(0.05) ? dice.pick([-30, 40]) : dice.pick([0, -7, -4, -2, 2, 4, 7.5]);
  return Math.min(400, Math.max(25, price * (1 + percent / 100))).toFixed(2);
}

function randomRequest(dice: Dice, latest: Quote | undefined): Record<string, string> {
  const price = Number(latest?.bid ?? '100');
  const below = (price * (1 - dice.whole(1, 12) / 100)).toFixed(2);
  const above = (price * (1 + dice.whole(1, 12) / 100)).toFixed(2);
  return dice.pick<Record<string, string>>([
    { order_type: 'stop_loss', stop_price: below },
    { order_type: 'take_profit', stop_price: above },
    { order_type: 'limit_buy', price: below },
    { order_type: 'limit_sell', price: above },
    { order_type: 'trailing_stop', trail_percent: String(dice.whole(1, 12)) },
    { order_type: 'trailing_stop', trail_amount: String(dice.whole(1, 12)) },
  ]);
}

/** Compares an order with every quote since its acceptance. */
function faultsOf(
  market: CrashingMarket,
  { order: accepted, acceptedAt }: Placed,
  order: OrderDocument | undefined,
): string[] {
  if (!order) return [`${accepted.order_type} is missing`];
  const name = `${order.order_type} ${order.stop_price ?? order.price ?? order.trail_percent ?? order.trail_amount}`;
  const acceptedSeq = order.accepted_quote?.seq ?? -1;
  if (order.status === 'queued') {
    const touching = market.seenByEngine.find(
      (quote) => quote.seq > acceptedSeq && order.order_type !== 'trailing_stop' && isMet(order, quote),
    );
    // A limit may be met only for a moment and missed; a stop stays triggered.
    const isMissed = touching !== undefined && (order.stop_price !== null || touching === market.latest());
    return isMissed ? [`${name} was not filled, although the engine saw ${touching.bid}`] : [];
  }
  if (order.status !== 'completed') return [`${name} is ${order.status}`];
  const quote = order.trigger_quote;
  if (!quote) return [`${name} was filled without a trigger`];
  const real = market.known.get(quote.seq);
  if (!real || real.quote.bid !== quote.bid) {
    return [`${name} was triggered by ${quote.bid} (${quote.seq}), a quote that there never was`];
  }
  if (real.index < acceptedAt || quote.seq <= acceptedSeq) {
    return [`${name} was triggered by ${quote.bid}, which was older than its acceptance`];
  }
  if (order.order_type !== 'trailing_stop') {
    return isMet(order, quote) ? [] : [`${name} was triggered by ${quote.bid}, which does not meet it`];
  }
  const bids = [...market.known.values()]
    .filter(({ index, quote: { seq } }) => index >= acceptedAt && seq > acceptedSeq && seq <= quote.seq)
    .map((each) => Number(each.quote.bid));
  const peak = Math.max(Number(order.accepted_quote?.bid ?? 0), ...bids);
  const stop =
    order.trail_amount === null
      ? peak * (1 - Number(order.trail_percent) / 100)
      : peak - Number(order.trail_amount);
  return Number(quote.bid) <= stop + 1e-9
    ? []
    : [`${name} was triggered by ${quote.bid}, above its stop of ${stop}`];
}

function isMet({ order_type, price, stop_price }: OrderDocument, { bid, ask }: Quote): boolean {
  switch (order_type) {
    case 'limit_buy':
      return Number(ask) <= Number(price);
    case 'limit_sell':
      return Number(bid) >= Number(price);
    case 'take_profit':
      return Number(bid) >= Number(stop_price);
    default:
      return Number(bid) <= Number(stop_price);
  }
}
