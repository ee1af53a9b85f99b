import type { AssetId } from '@cnop/common/core/brands';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPricePace } from '../../src/live/price-pace.ts';

const BTC = anAssetId('BTC');

const LIMITS = { priceIntervalMilliseconds: 250, priceBatchMilliseconds: 100 };
const MAX_PER_SECOND = 4;

const quote = (asset_id: AssetId, seq: number): Quote => ({
  asset_id,
  bid: aPrice('1'),
  ask: aPrice('1'),
  mid: aPrice('1'),
  at: aTime('2026-01-15T12:00:00.000Z'),
  source: 'simulated',
  seq,
});

interface Sent {
  readonly assetId: string;
  readonly seq: number;
  readonly at: number;
}

/** Publishes at the given times, and sends as soon as the pace allows. */
function play(published: readonly { readonly assetId: AssetId; readonly at: number }[]): Sent[] {
  const pace = createPricePace(LIMITS);
  const sent: Sent[] = [];
  const sendUntil = (time: number) => {
    for (let at = pace.nextAt(); at <= time; at = pace.nextAt()) {
      for (const { asset_id: assetId, seq } of pace.takeDue(at)) sent.push({ assetId, seq, at });
    }
  };
  for (const [seq, { assetId, at }] of published.entries()) {
    sendUntil(at);
    pace.add([quote(assetId, seq)]);
    for (const due of at >= pace.nextAt() ? pace.takeDue(at) : []) {
      sent.push({ assetId: due.asset_id, seq: due.seq, at });
    }
  }
  sendUntil(Number.MAX_SAFE_INTEGER);
  return sent;
}

const publications = fc
  .array(
    fc.record({
      assetId: fc.constantFrom(...['BTC', 'ETH', 'SOL'].map(anAssetId)),
      pause: fc.nat({ max: 120 }),
    }),
    {
      maxLength: 200,
    },
  )
  .map((steps) => {
    let at = 0;
    return steps.map(({ assetId, pause }) => {
      at += pause;
      return { assetId, at };
    });
  });

describe('the pace of prices', () => {
  it('allows at most four prices of an asset in any second', () => {
    fc.assert(
      fc.property(publications, (published) => {
        const sent = play(published);
        for (const { assetId, at } of sent) {
          const within = sent.filter(
            (other) => other.assetId === assetId && other.at >= at && other.at < at + 1_000,
          );
          expect(within.length).toBeLessThanOrEqual(MAX_PER_SECOND);
        }
      }),
    );
  });

  it('sends the latest price of each asset last, each price at most once and none after a newer one', () => {
    fc.assert(
      fc.property(publications, (published) => {
        const sent = play(published);
        for (const assetId of new Set(published.map((each) => each.assetId))) {
          const seqs = sent.filter((each) => each.assetId === assetId).map(({ seq }) => seq);
          expect(seqs).toEqual([...new Set(seqs)].toSorted((a, b) => a - b));
          expect(seqs.at(-1)).toBe(published.findLastIndex((each) => each.assetId === assetId));
        }
      }),
    );
  });

  it('delays a price only until its asset and a batch may be sent', () => {
    fc.assert(
      fc.property(publications, (published) => {
        const sent = play(published);
        for (const [seq, { assetId, at }] of published.entries()) {
          const next = sent.find((each) => each.assetId === assetId && each.seq >= seq);
          expect((next?.at ?? Number.POSITIVE_INFINITY) - at).toBeLessThanOrEqual(
            LIMITS.priceIntervalMilliseconds + LIMITS.priceBatchMilliseconds,
          );
        }
      }),
    );
  });

  it('sends the first price after a pause at once', () => {
    const at = play([
      { assetId: BTC, at: 1_000 },
      { assetId: BTC, at: 1_010 },
      { assetId: BTC, at: 1_020 },
      { assetId: anAssetId('ETH'), at: 1_030 },
      { assetId: BTC, at: 5_000 },
    ]).map((each) => [each.assetId, each.seq, each.at]);
    expect(at).toEqual([
      ['BTC', 0, 1_000],
      ['ETH', 3, 1_100],
      ['BTC', 2, 1_250],
      ['BTC', 4, 5_000],
    ]);
  });

  it('has nothing to send when no price is waiting', () => {
    const pace = createPricePace(LIMITS);
    expect(pace.nextAt()).toBe(Number.POSITIVE_INFINITY);
    pace.add([quote(BTC, 1)]);
    pace.clear();
    expect(pace.nextAt()).toBe(Number.POSITIVE_INFINITY);
    expect(pace.takeDue(0)).toEqual([]);
  });
});
