import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BidAt, SeenPeak } from '../../src/domain/trailing-stops/peaks.ts';
import type {
  TrailingIndex,
  TrailingStop,
  TriggeredStop,
} from '../../src/domain/trailing-stops/trailing-index.ts';
import { catchUp, createTrailingIndex } from '../../src/domain/trailing-stops/trailing-index.ts';

const RUNS = { numRuns: 1_000 };
const AT = '2026-01-15T12:00:00.000Z';

/** Cents for prices and trails in USD, hundredths of a percent for the others: whole numbers, so nothing rounds. */
interface ModelOrder {
  readonly id: string;
  readonly acceptedSeq: number;
  readonly acceptedCents: bigint;
  readonly trail: { readonly cents: bigint } | { readonly hundredths: bigint };
}

type Step =
  | { readonly kind: 'bid'; readonly cents: bigint }
  | { readonly kind: 'accept'; readonly trail: ModelOrder['trail'] }
  | { readonly kind: 'accept unnoticed'; readonly trail: ModelOrder['trail'] }
  | { readonly kind: 'notice' }
  | { readonly kind: 'remove'; readonly which: number }
  | { readonly kind: 'restart' };

// A narrow band, so that bids meet old peaks again and again.
const cents = fc.bigInt({ min: 9_900n, max: 10_100n });
const trails = fc.oneof(
  fc.record({ cents: fc.bigInt({ min: 1n, max: 150n }) }),
  fc.record({ hundredths: fc.bigInt({ min: 1n, max: 150n }) }),
);
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('bid' as const), cents }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('accept' as const), trail: trails }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('accept unnoticed' as const), trail: trails }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('notice' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove' as const), which: fc.nat({ max: 50 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
);

const usd = (value: bigint): string => `${value / 100n}.${String(value % 100n).padStart(2, '0')}`;

function stopOfModel(order: ModelOrder): TrailingStop {
  const { id: orderId, trail } = order;
  const isAmount = 'cents' in trail;
  return {
    orderId,
    username: `owner of ${orderId}`,
    trailAmount: isAmount ? usd(trail.cents) : null,
    trailPercent: isAmount ? null : usd(trail.hundredths),
  };
}

/** In parts of a ten-thousandth of a cent: peak less the trail, or the rest of the peak. */
function stopInParts(trail: ModelOrder['trail'], peakCents: bigint): bigint {
  return 'cents' in trail ? (peakCents - trail.cents) * 10_000n : peakCents * (10_000n - trail.hundredths);
}

/** Every order with every bid since its acceptance: slow, and right by its looks. */
function createModel() {
  const bids: bigint[] = [10_000n];
  const waiting = new Map<string, ModelOrder>();
  const peakOf = (order: ModelOrder): bigint =>
    bids.slice(order.acceptedSeq).reduce((peak, bid) => (bid > peak ? bid : peak));
  return {
    bids,
    waiting,
    peakOf,
    /** Says who fires, and takes them out. */
    bid(value: bigint): string[] {
      bids.push(value);
      const fired = [...waiting.values()].filter(
        (order) => stopInParts(order.trail, peakOf(order)) >= value * 10_000n,
      );
      for (const { id } of fired) waiting.delete(id);
      return fired.map(({ id }) => id);
    },
    accept(id: string, trail: ModelOrder['trail']): ModelOrder {
      const acceptedSeq = bids.length - 1;
      const order = { id, acceptedSeq, acceptedCents: bids[acceptedSeq]!, trail };
      waiting.set(id, order);
      return order;
    },
  };
}

type Model = ReturnType<typeof createModel>;

const bidAt = (model: Model, seq: number): BidAt => ({ seq, bid: usd(model.bids[seq]!), at: AT });

/** The book as a restart makes it: from the acceptances and the raises that were kept, and from nothing else. */
function rebuilt(model: Model, noticed: ReadonlySet<string>, raises: readonly BidAt[]): TrailingIndex {
  const book = createTrailingIndex();
  for (const order of model.waiting.values()) {
    if (noticed.has(order.id)) book.add(stopOfModel(order), peakFrom(order, raises));
  }
  return book;
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
  /** A restart that begins at the bid of acceptance. */
  readonly forgetsPeaks?: boolean;
  /** A late order that sees only the bids to come. */
  readonly skipsMissedBids?: boolean;
}

/** Plays steps on the book and on the model, and says where they first part. */
function firstDifference(played: readonly Step[], faults: Faults = {}): string | undefined {
  const model = createModel();
  let book = createTrailingIndex();
  const noticed = new Set<string>();
  /** Fired while nobody knew of them: told when they are learnt of. */
  const lateTouches = new Set<string>();
  let ids = 0;
  const same = (what: string, seen: Iterable<string>, expected: Iterable<string>): string | undefined => {
    const [a, b] = [[...seen].sort().join(), [...expected].sort().join()];
    return a === b ? undefined : `${what}: ${a} instead of ${b}`;
  };
  const learn = (order: ModelOrder): string | undefined => {
    noticed.add(order.id);
    const missed = model.bids.flatMap((_, seq) =>
      seq > order.acceptedSeq && !faults.skipsMissedBids ? [{ ...bidAt(model, seq), fires: true }] : [],
    );
    const start = { bid: usd(order.acceptedCents), raisedBy: undefined };
    const caughtUp = catchUp(stopOfModel(order), start, missed);
    if (!caughtUp.isTouched) book.add(stopOfModel(order), caughtUp.peak);
    const isRight = caughtUp.isTouched === lateTouches.has(order.id);
    return isRight ? undefined : `${order.id} was learnt of late: touched ${caughtUp.isTouched}`;
  };
  const unnoticed = new Map<string, ModelOrder>();

  for (const step of played) {
    let difference: string | undefined;
    switch (step.kind) {
      case 'bid': {
        const fired = model.bid(step.cents);
        for (const id of fired) if (unnoticed.has(id)) lateTouches.add(id);
        const touched = book.follow(bidAt(model, model.bids.length - 1));
        difference = same(
          'touched',
          touched.map(({ orderId }) => orderId),
          fired.filter((id) => noticed.has(id)),
        );
        break;
      }
      case 'accept':
      case 'accept unnoticed': {
        const order = model.accept(`o${ids++}`, step.trail);
        if (step.kind === 'accept') difference = learn(order);
        else unnoticed.set(order.id, order);
        break;
      }
      case 'notice':
        for (const order of unnoticed.values()) difference ??= learn(order);
        unnoticed.clear();
        break;
      case 'remove': {
        const id = `o${step.which}`;
        if (!noticed.has(id)) break;
        model.waiting.delete(id);
        book.remove(id);
        break;
      }
      case 'restart':
        book = rebuilt(model, noticed, faults.forgetsPeaks ? [] : book.raises());
        break;
    }
    const known = [...model.waiting.keys()].filter((id) => noticed.has(id));
    difference ??= same('waiting', book.orderIds(), known);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

const histories = fc.array(steps, { maxLength: 80 });

describe('a book of trailing stops', () => {
  it('fires exactly what following every order by itself would, across removals, restarts and late news', () => {
    fc.assert(
      fc.property(histories, (played) => {
        expect(firstDifference(played)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it.each<[string, Faults]>([
    ['forgets the peaks over a restart', { forgetsPeaks: true }],
    ['skips what a late order missed', { skipsMissedBids: true }],
  ])('is told apart from one that %s', (_, faults) => {
    const result = fc.check(
      fc.property(histories, (played) => firstDifference(played, faults) === undefined),
      RUNS,
    );
    expect(result.failed).toBe(true);
  });

  it('says the exact price of a stop, digits and all', () => {
    const book = createTrailingIndex();
    const order: TrailingStop = { orderId: 'o', username: 'u', trailAmount: null, trailPercent: '0.01' };
    book.add(order, { bid: '0.000000000000000003', raisedBy: undefined });
    const touched: TriggeredStop[] = book.follow({ seq: 2, bid: '0.000000000000000002', at: AT });
    expect(touched).toEqual([{ orderId: 'o', username: 'u', stopPrice: '0.0000000000000000029997' }]);
  });

  it('lets a bid raise without firing', () => {
    const book = createTrailingIndex();
    book.add(
      { orderId: 'o', username: 'u', trailAmount: '5', trailPercent: null },
      { bid: '100', raisedBy: undefined },
    );
    expect(book.follow({ seq: 2, bid: '90', at: AT }, false)).toEqual([]);
    expect(book.follow({ seq: 3, bid: '110', at: AT }, false)).toEqual([]);
    expect(book.raises()).toEqual([{ seq: 3, bid: '110', at: AT }]);
    expect(book.follow({ seq: 4, bid: '105', at: AT })).toMatchObject([{ orderId: 'o', stopPrice: '105' }]);
    expect(book.size()).toBe(0);
    expect(book.raises()).toEqual([]);
  });

  it('stays right when most of what was in it is removed', () => {
    const book = createTrailingIndex();
    for (let i = 0; i < 5_000; i++) {
      const order = {
        orderId: `o${i}`,
        username: 'u',
        trailAmount: String(1 + (i % 50)),
        trailPercent: null,
      };
      book.add(order, { bid: '100', raisedBy: undefined });
    }
    for (let i = 0; i < 5_000; i++) if (i % 50 !== 9) book.remove(`o${i}`);
    expect(book.follow({ seq: 2, bid: '91', at: AT })).toEqual([]);
    expect(book.follow({ seq: 3, bid: '90', at: AT })).toHaveLength(100);
    expect(book.size()).toBe(0);
  });
});
