import { decimal } from '@cnop/common/core/money';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { aPrice, aUsd } from '@cnop/testing/builders/brands';
import { aBalanceTransaction } from '@cnop/testing/builders/user';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chooseSteps,
  mergeChanges,
  portfolioHistory,
} from '../../../src/portfolio/domain/portfolio-history.ts';
import {
  ASSETS,
  beforePoint,
  everyMinute,
  expectedPoint,
  factsOf,
  lastOf,
  RUNS,
  steps,
  storyOf,
  timeOf,
  usd,
  valueOf,
} from './portfolio-history-model.ts';

describe('a portfolio over time', () => {
  it('has the value of the model at each moment', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const story = storyOf(chosen);
        const minutes = everyMinute(story);
        const { points, reachesBack } = portfolioHistory(factsOf(story, minutes));
        expect(points.slice(0, -1)).toEqual(minutes.map((minute) => expectedPoint(story, minute)));
        expect(points.at(-1)).toEqual(expectedPoint(story, lastOf(story).minute + 1));
        expect(reachesBack).toBe(true);
      }),
      RUNS,
    );
  });

  it('has a point before and a point after the movements of each moment', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const story = storyOf(chosen);
        const marks = [0, lastOf(story).minute + 1];
        const facts = factsOf(story, marks);
        const { points } = portfolioHistory({ ...facts, steps: chooseSteps(mergeChanges(facts), timeOf(0)) });
        const moments = new Set(story.states.flatMap(({ minute }) => (minute > 0 ? [minute] : [])));
        const expected = [...moments].flatMap((minute) => [
          beforePoint(story, minute),
          expectedPoint(story, minute),
        ]);
        expect(points.slice(1, -2)).toEqual(expected);
      }),
      RUNS,
    );
  });

  it('prefers cash movements to trades when it has to choose steps', () => {
    const payments = Array.from({ length: 500 }, (_, index) =>
      aBalanceTransaction({
        transaction_id: `payment-${index}`,
        transaction_type: 'order_payment',
        created_at: timeOf(10 + index),
      }),
    );
    const deposit = aBalanceTransaction({ transaction_id: 'deposit', created_at: timeOf(900) });
    const chosen = chooseSteps([...payments, deposit].toReversed(), timeOf(10));
    expect(chosen).toContain('deposit');
    expect(chosen).toContain('payment-1');
    // A entry of the first moment is part of its point.
    expect(chosen).not.toContain('payment-0');
    expect(chosen.size).toBe(100);
  });

  it('ends with a gain that equals the realised plus the unrealised one, less what came with transferred units', () => {
    fc.assert(
      fc.property(steps, (chosen) => {
        const story = storyOf(chosen);
        const { points } = portfolioHistory(factsOf(story, []));
        const [now] = points;
        const last = lastOf(story);
        const gained = ASSETS.reduce(
          (sum, asset) => sum + last.realized[asset] - last.invested[asset] - last.transferredGain[asset],
          0n,
        );
        const worth = valueOf(last, last.minute + 1);
        expect(points).toHaveLength(1);
        expect(
          decimal(now?.total_value ?? '')
            .minus(now?.net_deposits ?? '')
            .toFixed(2),
        ).toBe(usd(gained + worth));
      }),
      RUNS,
    );
  });

  it('of which not all entries were read begins as early as they allow, and every point of it is right', () => {
    fc.assert(
      fc.property(steps, fc.nat(40), (chosen, read) => {
        const story = storyOf(chosen);
        const linesRead = Math.min(read, story.entries.length);
        const minutes = everyMinute(story);
        const whole = portfolioHistory(factsOf(story, minutes)).points;
        const { points, reachesBack } = portfolioHistory(factsOf(story, minutes, linesRead));
        expect(points).toEqual(whole.slice(whole.length - points.length));
        const oldestRead = story.entries.at(-linesRead)?.created_at;
        const hasAll = linesRead === story.entries.length;
        const known = whole.filter(({ at }) => hasAll || (linesRead > 0 && at >= (oldestRead ?? '')));
        // The present point is always there.
        expect(points.map(({ at }) => at)).toEqual(
          (known.length > 0 ? known : whole.slice(-1)).map(({ at }) => at),
        );
        expect(reachesBack).toBe(points.length === whole.length);
      }),
      RUNS,
    );
  });

  it('rounds the value of each position down to cents, as a sale does', () => {
    const holdings = [
      aStoredAssetBalance({ asset_id: 'BTC', quantity: '0.333', total_invested: '1.00' }),
      aStoredAssetBalance({ asset_id: 'DOGE', quantity: '0.5', total_invested: '1.00' }),
    ];
    const { points } = portfolioHistory({
      balance: { current_balance: aUsd('0.00') },
      holdings,
      entries: [],
      hasAllEntries: true,
      trades: new Map(),
      movements: [],
      present: { at: timeOf(1), assetValue: decimal('1.00') },
      times: [timeOf(0)],
      steps: new Set(),
      priceAt: (asset) => (asset === 'BTC' ? aPrice('0.1') : aPrice('0.05')),
    });
    // 0.0333 and 0.025
    expect(points[0]).toMatchObject({ asset_value: '0.05', net_deposits: '2.00' });
  });
});
