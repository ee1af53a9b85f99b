import type { OrderId, Price } from '@cnop/common/core/brands';
import { anOrderId, aPrice, aTime, aUsername } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BidAt, SeenPeak } from '../../../src/domain/trailing-stops/peaks.ts';
import type {
  TrailingIndex,
  TrailingStop,
  TriggeredStop,
} from '../../../src/domain/trailing-stops/trailing-index.ts';
import { catchUp, createTrailingIndex } from '../../../src/domain/trailing-stops/trailing-index.ts';

const TRADER = aUsername('user');

const RUNS = { numRuns: 1_000 };
const AT = aTime('2026-01-15T12:00:00.000Z');

/** An order in whole numbers, so that nothing rounds: cents for prices and trails in USD, hundredths of a percent for other trails. */
interface ModelOrder {
  readonly id: OrderId;
  readonly acceptedSeq: number;
  readonly acceptedCents: bigint;
  readonly trail: { readonly cents: bigint } | { readonly hundredths: bigint };
}

type Step =
  | { readonly kind: 'bid'; readonly cents: bigint }
  | { readonly kind: 'accept'; readonly trail: ModelOrder['trail'] }
  | { readonly kind: 'accept unseen'; readonly trail: ModelOrder['trail'] }
  | { readonly kind: 'learn' }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'restart' };

// A narrow band, so that bids often equal old peaks.
const cents = fc.bigInt({ min: 9_900n, max: 10_100n });
const trails = fc.oneof(
  fc.record({ cents: fc.bigInt({ min: 1n, max: 150n }) }),
  fc.record({ hundredths: fc.bigInt({ min: 1n, max: 150n }) }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('bid' as const), cents }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('accept' as const), trail: trails }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('accept unseen' as const), trail: trails }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('learn' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat({ max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

const usd = (value: bigint): Price => aPrice(`${value / 100n}.${String(value % 100n).padStart(2, '0')}`);

function stopOfModel(order: ModelOrder): TrailingStop {
  const { id: orderId, trail } = order;
  return {
    orderId,
    username: aUsername(`owner_of_${orderId}`),
    trail: 'cents' in trail ? { amount: usd(trail.cents) } : { percent: usd(trail.hundredths) },
  };
}

/** Returns the stop in units of a ten-thousandth of a cent. */
function stopInParts(trail: ModelOrder['trail'], peakCents: bigint): bigint {
  return 'cents' in trail ? (peakCents - trail.cents) * 10_000n : peakCents * (10_000n - trail.hundredths);
}

/** A model that keeps every order and every bid since its acceptance: slow, and obviously right. */
function createModel() {
  const bids: bigint[] = [10_000n];
  const open = new Map<string, ModelOrder>();
  const peakOf = (order: ModelOrder): bigint =>
    bids.slice(order.acceptedSeq).reduce((peak, bid) => (bid > peak ? bid : peak));
  return {
    bids,
    open,
    peakOf,
    /** Removes the orders that a bid triggers, and returns their ids. */
    bid(value: bigint): string[] {
      bids.push(value);
      const triggeredIds = [...open.values()].filter(
        (order) => stopInParts(order.trail, peakOf(order)) >= value * 10_000n,
      );
      for (const { id } of triggeredIds) open.delete(id);
      return triggeredIds.map(({ id }) => id);
    },
    accept(id: OrderId, trail: ModelOrder['trail']): ModelOrder {
      const acceptedSeq = bids.length - 1;
      const order = { id, acceptedSeq, acceptedCents: bids[acceptedSeq]!, trail };
      open.set(id, order);
      return order;
    },
  };
}

type Model = ReturnType<typeof createModel>;

const bidAt = (model: Model, seq: number): BidAt => ({ seq, bid: usd(model.bids[seq]!), at: AT });

/** Rebuilds the index after a restart, from the acceptances and the stored raises alone. */
function rebuilt(model: Model, known: ReadonlySet<string>, raises: readonly BidAt[]): TrailingIndex {
  const index = createTrailingIndex();
  for (const order of model.open.values()) {
    if (known.has(order.id)) index.add(stopOfModel(order), peakFrom(order, raises));
  }
  return index;
}

function peakFrom(order: ModelOrder, raises: readonly BidAt[]): SeenPeak {
  let peak: SeenPeak = { bid: usd(order.acceptedCents), raisedBy: undefined };
  for (const raise of raises) {
    if (raise.seq > order.acceptedSeq && Number(raise.bid) > Number(peak.bid)) {
      peak = { bid: raise.bid, raisedBy: raise };
    }
  }
  return peak;
}

interface Faults {
  /** A restart begins at the bid of acceptance. */
  readonly forgetsPeaks?: boolean;
  /** An order learned of late sees only the bids to come. */
  readonly skipsMissedBids?: boolean;
}

/** Plays steps on the index and on the model, and returns the first difference. */
function firstDifference(played: readonly Step[], faults: Faults = {}): string | undefined {
  const model = createModel();
  let index = createTrailingIndex();
  const known = new Set<string>();
  /** Orders triggered before the index learned of them. */
  const triggeredUnseen = new Set<string>();
  let ids = 0;
  const same = (what: string, seen: Iterable<string>, expected: Iterable<string>): string | undefined => {
    const [a, b] = [[...seen].sort().join(), [...expected].sort().join()];
    return a === b ? undefined : `${what}: ${a} instead of ${b}`;
  };
  const learn = (order: ModelOrder): string | undefined => {
    known.add(order.id);
    const missed = model.bids.flatMap((_, seq) =>
      seq > order.acceptedSeq && !faults.skipsMissedBids ? [{ ...bidAt(model, seq), canTrigger: true }] : [],
    );
    const start = { bid: usd(order.acceptedCents), raisedBy: undefined };
    const caughtUp = catchUp(stopOfModel(order), start, missed);
    if (!caughtUp.isTriggered) index.add(stopOfModel(order), caughtUp.peak);
    const isRight = caughtUp.isTriggered === triggeredUnseen.has(order.id);
    return isRight ? undefined : `${order.id} was learned of late: triggered ${caughtUp.isTriggered}`;
  };
  const unseen = new Map<string, ModelOrder>();

  for (const step of played) {
    let difference: string | undefined;
    switch (step.kind) {
      case 'bid': {
        const triggeredIds = model.bid(step.cents);
        for (const id of triggeredIds) if (unseen.has(id)) triggeredUnseen.add(id);
        const triggered = index.follow(bidAt(model, model.bids.length - 1));
        difference = same(
          'triggered',
          triggered.map(({ orderId }) => orderId),
          triggeredIds.filter((id) => known.has(id)),
        );
        break;
      }
      case 'accept':
      case 'accept unseen': {
        const order = model.accept(anOrderId(`o${ids++}`), step.trail);
        if (step.kind === 'accept') difference = learn(order);
        else unseen.set(order.id, order);
        break;
      }
      case 'learn':
        for (const order of unseen.values()) difference ??= learn(order);
        unseen.clear();
        break;
      case 'remove': {
        const id = anOrderId(`o${step.which}`);
        if (!known.has(id)) break;
        model.open.delete(id);
        index.remove(id);
        break;
      }
      case 'restart':
        index = rebuilt(model, known, faults.forgetsPeaks ? [] : index.raises());
        break;
    }
    const expected = [...model.open.keys()].filter((id) => known.has(id));
    difference ??= same('open', index.orderIds(), expected);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

// The largest size: at the default one, most histories are too short to forget a peak over a restart and need it later.
const histories = fc.array(steps, { maxLength: 80, size: 'max' });

describe('an index of trailing stops', () => {
  it('triggers exactly the orders that a model of each order triggers, across removals, restarts and late orders', () => {
    fc.assert(
      fc.property(histories, (played) => {
        expect(firstDifference(played)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it.each<[string, Faults]>([
    ['forgets the peaks over a restart', { forgetsPeaks: true }],
    ['skips the bids that a late order missed', { skipsMissedBids: true }],
  ])('differs from the model when it %s', (_, faults) => {
    const result = fc.check(
      fc.property(histories, (played) => firstDifference(played, faults) === undefined),
      RUNS,
    );
    expect(result.failed).toBe(true);
  });

  it('returns the exact stop price', () => {
    const index = createTrailingIndex();
    const order: TrailingStop = {
      orderId: anOrderId('o'),
      username: TRADER,
      trail: { percent: '0.01' },
    };
    index.add(order, { bid: aPrice('0.000000000000000003'), raisedBy: undefined });
    const triggered: TriggeredStop[] = index.follow({ seq: 2, bid: aPrice('0.000000000000000002'), at: AT });
    expect(triggered).toEqual([{ orderId: 'o', username: TRADER, stopPrice: '0.0000000000000000029997' }]);
  });

  it('raises a peak by a bid that may not trigger', () => {
    const index = createTrailingIndex();
    index.add(
      { orderId: anOrderId('o'), username: TRADER, trail: { amount: aPrice('5') } },
      { bid: aPrice('100'), raisedBy: undefined },
    );
    expect(index.follow({ seq: 2, bid: aPrice('90'), at: AT }, false)).toEqual([]);
    expect(index.follow({ seq: 3, bid: aPrice('110'), at: AT }, false)).toEqual([]);
    expect(index.raises()).toEqual([{ seq: 3, bid: '110', at: AT }]);
    expect(index.follow({ seq: 4, bid: aPrice('105'), at: AT })).toMatchObject([
      { orderId: 'o', stopPrice: '105' },
    ]);
    expect(index.size()).toBe(0);
    expect(index.raises()).toEqual([]);
  });

  it('triggers the right orders after most of them are removed', () => {
    const index = createTrailingIndex();
    for (let i = 0; i < 5_000; i++) {
      const order = {
        orderId: anOrderId(`o${i}`),
        username: TRADER,
        trail: { amount: aPrice(String(1 + (i % 50))) },
      };
      index.add(order, { bid: aPrice('100'), raisedBy: undefined });
    }
    for (let i = 0; i < 5_000; i++) if (i % 50 !== 9) index.remove(anOrderId(`o${i}`));
    expect(index.follow({ seq: 2, bid: aPrice('91'), at: AT })).toEqual([]);
    expect(index.follow({ seq: 3, bid: aPrice('90'), at: AT })).toHaveLength(100);
    expect(index.size()).toBe(0);
  });
});
