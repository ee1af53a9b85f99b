import type { Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice, aQuantity, aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCandleRecorder } from '../../src/market-maker/candle-recorder.ts';

const BTC = anAssetId('BTC');

const SPANS_SECONDS = { '1m': 60, '5m': 300, '15m': 900, '1h': 3_600, '1d': 86_400 } as const;
const INTERVALS = Object.keys(SPANS_SECONDS) as CandleInterval[];
const START = Date.parse('2026-01-15T11:58:30.000Z');

const quoteAt = (atMilliseconds: number, mid: Price): Quote => {
  const at = isoTime(new Date(atMilliseconds));
  return { asset_id: BTC, bid: mid, ask: mid, mid, at, source: 'manual', seq: atMilliseconds };
};

type Step =
  | { readonly kind: 'quote'; readonly afterSeconds: number; readonly cents: number }
  | { readonly kind: 'trade'; readonly afterSeconds: number; readonly units: number }
  | { readonly kind: 'restart'; readonly afterSeconds: number }
  | { readonly kind: 'write'; readonly afterSeconds: number; readonly isLost: boolean };

const pause = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: 1, max: 40 }) },
  { weight: 1, arbitrary: fc.integer({ min: 60, max: 4_000 }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('quote' as const),
      afterSeconds: pause,
      cents: fc.integer({ min: 1, max: 99 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      afterSeconds: fc.integer({ min: 0, max: 5 }),
      units: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), afterSeconds: pause }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      afterSeconds: fc.constant(0),
      isLost: fc.boolean(),
    }),
  },
);

/** Runs a recorder through the steps, with restarts; a map takes its writes. */
function record(steps: readonly Step[]) {
  const stored = new Map<string, Candle>();
  const recorder = () => createCandleRecorder({ onClose: () => undefined });
  let live = recorder();
  let now = START;
  const events: { readonly at: number; readonly price?: number; readonly units?: number }[] = [];

  const write = (isLost: boolean) => {
    const { closed, open } = live.takeUnwritten();
    if (isLost) return live.giveBack();
    for (const candle of [...closed, ...[...open.values()].flat()])
      stored.set(`${candle.interval} ${candle.open_time}`, candle);
    live.confirmWritten();
  };
  const latestStored = () =>
    INTERVALS.flatMap((interval) =>
      [...stored.values()]
        .filter((candle) => candle.interval === interval)
        .sort((one, other) => (one.open_time < other.open_time ? -1 : 1))
        .slice(-1),
    );
  const quote = (cents: number) => {
    live.closeDue(new Date(now));
    live.recordQuote(quoteAt(now, aPrice(`1.${String(cents).padStart(2, '0')}`)));
    events.push({ at: now, price: 100 + cents });
  };

  quote(50);
  for (const each of steps) {
    now += each.afterSeconds * 1_000;
    if (each.kind === 'quote') quote(each.cents);
    if (each.kind === 'write') write(each.isLost);
    if (each.kind === 'trade') {
      live.recordTrade({
        asset_id: BTC,
        quantity: aQuantity(String(each.units)),
        at: isoTime(new Date(now)),
      });
      events.push({ at: now, units: each.units });
    }
    if (each.kind === 'restart') {
      write(false);
      live = recorder();
      for (const candle of latestStored()) live.resume(candle, new Date(now));
      // An instance that starts has a price at once.
      quote(50);
    }
  }
  live.closeDue(new Date(now));
  write(false);
  return { stored: [...stored.values()], events, now };
}

/** Computes the candles of the events independently, in cents, one span after the other. */
function expected({ events, now }: ReturnType<typeof record>, interval: CandleInterval) {
  const span = SPANS_SECONDS[interval] * 1_000;
  const spans = new Map<number, { prices: number[]; seqs: number[]; units: number }>();
  let last = 0;
  let lastSeq = 0;
  for (const { at, price, units } of events) {
    last = price ?? last;
    lastSeq = price === undefined ? lastSeq : at;
    const from = Math.floor(at / span) * span;
    const known = spans.get(from) ?? { prices: [], seqs: [], units: 0 };
    // A trade in a span without a quote opens it at the last price.
    const isNews = price !== undefined && price !== known.prices.at(-1);
    if (isNews || known.prices.length === 0) {
      known.prices.push(last);
      known.seqs.push(lastSeq);
    }
    known.units += units ?? 0;
    spans.set(from, known);
  }
  const text = (cents: number) => `${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  /** Returns the latest of the quotes at a price. */
  const madeBy = (price: number, prices: readonly number[], seqs: readonly number[]) => ({
    seq: seqs[prices.lastIndexOf(price)]!,
    bid: text(price),
  });
  return [...spans].map(([from, { prices, seqs, units }]) => ({
    asset_id: 'BTC',
    interval,
    open_time: new Date(from).toISOString(),
    open: text(prices[0]!),
    high: text(Math.max(...prices)),
    low: text(Math.min(...prices)),
    close: text(prices.at(-1)!),
    volume: String(units),
    final: from + span <= now,
    source: 'manual',
    quotes:
      interval === '1m'
        ? {
            low: madeBy(Math.min(...prices), prices, seqs),
            high: madeBy(Math.max(...prices), prices, seqs),
            close: madeBy(prices.at(-1)!, prices, seqs),
          }
        : null,
  }));
}

const byTime = (one: Candle, other: Candle) => (one.open_time < other.open_time ? -1 : 1);

describe('recorded candles', () => {
  test('equal the quotes and trades of each span, through failed writes and restarts', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        const recording = record(steps);
        for (const interval of INTERVALS) {
          const found = recording.stored.filter((candle) => candle.interval === interval).sort(byTime);
          expect(found).toEqual(expected(recording, interval));
        }
      }),
      { numRuns: 200 },
    );
  });

  test('differ when a quote is missing, so the test above can fail', () => {
    const recording = record([{ kind: 'quote', afterSeconds: 1, cents: 99 }]);
    const { events, ...rest } = recording;
    expect(expected({ ...rest, events: events.slice(0, 1) }, '1m')).not.toEqual(
      recording.stored.filter(({ interval }) => interval === '1m'),
    );
  });

  test('can be read while closed candles are not written yet', () => {
    const live = createCandleRecorder({ onClose: () => undefined });
    live.recordQuote(quoteAt(START, aPrice('1')));
    live.closeDue(new Date(START + 30_000));
    const final = () => live.recent(BTC, '1m').map((candle) => candle.final);
    expect(final()).toEqual([true]);
    live.takeUnwritten();
    live.recordQuote(quoteAt(START + 31_000, aPrice('2')));
    expect(final()).toEqual([true, false]);
    live.confirmWritten();
    expect(final()).toEqual([false]);
  });

  test('are held back while the history of the asset is written, and joined to it', () => {
    const live = createCandleRecorder({ onClose: () => undefined });
    live.hold(BTC);
    live.recordQuote(quoteAt(START, aPrice('1')));
    live.recordQuote(quoteAt(START + 60_000, aPrice('3')));
    expect(live.takeUnwritten()).toEqual({ closed: [], open: new Map() });
    live.confirmWritten();

    const [minute, hour] = (['1m', '1h'] as const).map((interval) => live.recent(BTC, interval)[0]!);
    const past = (candle: Candle): Candle => ({
      ...candle,
      open: aPrice('2'),
      high: aPrice('5'),
      low: aPrice('0.5'),
      close: aPrice('1'),
      quotes: null,
    });
    const elsewhere = {
      ...past(minute!),
      interval: '5m',
      open_time: aTime('2026-01-15T11:50:00.000Z'),
    } as const;
    live.release(BTC, [past(minute!), past(hour!), elsewhere]);
    const { closed, open } = live.takeUnwritten();
    const written = [...closed, ...[...open.values()].flat()];
    // Generated candles have no quotes, so the joined candle has none either.
    expect(written).toContainEqual({
      ...minute,
      open: '2',
      high: '5',
      low: '0.5',
      final: true,
      quotes: null,
    });
    expect(written).toContainEqual({ ...hour, open: '2', high: '5', low: '0.5', close: '3', final: false });
    expect(written).toContainEqual({ ...elsewhere, final: true });
  });
});

test('a trade that is reported after its minute was closed counts to the next minute', () => {
  const recorder = createCandleRecorder({ onClose: () => undefined });
  const at = Date.parse('2026-01-15T12:00:59.900Z');
  recorder.recordQuote(quoteAt(at, aPrice('1.00')));
  recorder.recordQuote(quoteAt(at + 50, aPrice('2.00')));
  recorder.closeDue(new Date(at + 200));
  recorder.recordTrade({ asset_id: BTC, quantity: aQuantity('3'), at: isoTime(new Date(at + 60)) });
  recorder.closeDue(new Date(at + 61_000));

  const minutes = recorder.takeUnwritten().closed.filter(({ interval }) => interval === '1m');
  expect(minutes.map(({ open_time, open, close, volume }) => ({ open_time, open, close, volume }))).toEqual([
    { open_time: '2026-01-15T12:00:00.000Z', open: '1.00', close: '2.00', volume: '0' },
    { open_time: '2026-01-15T12:01:00.000Z', open: '2.00', close: '2.00', volume: '3' },
  ]);
});
