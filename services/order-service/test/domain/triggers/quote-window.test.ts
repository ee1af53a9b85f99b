import type { Quote } from '@cnop/common/entities/inventory/quote';
import { anAssetId, aPrice, aTime } from '@cnop/testing/builders/brands';
import { anOrder } from '@cnop/testing/builders/order';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPriceSpan } from '../../../src/domain/triggers/price-span.ts';
import type { QuoteWindow, SeenQuote } from '../../../src/domain/triggers/quote-window.ts';
import { createQuoteWindow } from '../../../src/domain/triggers/quote-window.ts';

const SECOND = 1_000;

const quote = (seq: number, bid: number): Quote => ({
  asset_id: anAssetId('BTC'),
  bid: aPrice(String(bid)),
  ask: aPrice(String(bid)),
  mid: aPrice(String(bid)),
  at: aTime('2026-01-15T12:00:00.000Z'),
  source: 'manual',
  seq,
});
const seen = (seq: number, bid: number, seconds: number, isFresh = true): SeenQuote => ({
  quote: quote(seq, bid),
  seenAtMilliseconds: seconds * SECOND,
  isFresh,
});
const seqs = (quotes: readonly SeenQuote[]): number[] => quotes.map(({ quote: { seq } }) => seq);

/** Creates a window with one quote per second. */
function filled(bids: readonly number[]): QuoteWindow {
  const window = createQuoteWindow();
  for (const [i, bid] of bids.entries()) window.add(seen(i + 1, bid, i + 1));
  return window;
}

describe('a window of quotes', () => {
  it('returns as unsettled the quotes not processed yet, and those that may trigger a late order', () => {
    const window = filled(Array.from({ length: 60 }, () => 100));
    window.settle(50, 50 * SECOND);
    expect(seqs(window.unsettled())[0]).toBe(30);
    expect(seqs(window.unsettled()).at(-1)).toBe(60);
  });

  it('leaves out a quote that was too old on arrival', () => {
    const window = createQuoteWindow();
    window.add(seen(1, 100, 1, false));
    window.add(seen(2, 100, 1));
    expect(seqs(window.unsettled())).toEqual([2]);
    expect(seqs(window.after(0))).toEqual([1, 2]);
  });

  it('returns the earliest quote that a late order may have been accepted at', () => {
    const window = filled(Array.from({ length: 60 }, () => 100));
    expect(window.seqBefore(60 * SECOND)).toBe(40);
    expect(window.seqBefore(10 * SECOND)).toBeUndefined();
  });

  it('returns it also when quotes are rare', () => {
    const window = createQuoteWindow();
    window.add(seen(1, 100, 1));
    window.add(seen(2, 100, 1_000));
    window.settle(2, 1_000 * SECOND);
    window.prune(1_000 * SECOND);
    expect(window.seqBefore(1_000 * SECOND)).toBe(1);
  });

  it('drops old quotes that are settled', () => {
    const window = filled(Array.from({ length: 400 }, () => 100));
    window.settle(400, 400 * SECOND);
    window.prune(400 * SECOND);
    expect(window.firstSeq()).toBe(280);
    expect(window.latest()?.seq).toBe(400);
  });

  it('keeps enough old unsettled quotes to trigger the same stops', () => {
    const prices = fc.array(fc.integer({ min: 50, max: 150 }), { minLength: 200, maxLength: 600 });
    fc.assert(
      fc.property(
        prices,
        fc.nat(),
        fc.integer({ min: 40, max: 160 }),
        fc.boolean(),
        (bids, at, stop, isProfit) => {
          const acceptedSeq = 1 + (at % bids.length);
          const pruned = filled(bids);
          for (let i = 0; i < 3; i++) pruned.prune(bids.length * SECOND);
          const order = anOrder('queued', {
            order_type: isProfit ? 'take_profit' : 'stop_loss',
            stop_price: String(stop),
            accepted_quote: quote(acceptedSeq, 100),
          });
          const unsettled = pruned.unsettled().map((each) => each.quote);
          const trigger = createPriceSpan(unsettled)?.triggerOf(order);
          const since = bids.slice(acceptedSeq);
          const isTriggered = since.some((bid) => (isProfit ? bid >= stop : bid <= stop));
          expect(trigger !== undefined).toBe(isTriggered);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('bounds the quotes kept while none is settled', () => {
    const window = createQuoteWindow();
    let bid = 10_000;
    for (let second = 1; second <= 20_000; second++) {
      bid += second % 7 < 3 ? 5 : -4;
      window.add(seen(second, bid, second));
      if (second % 10 === 0) window.prune(second * SECOND);
    }
    expect(window.unsettled().length).toBeLessThan(6_000);
  });
});
