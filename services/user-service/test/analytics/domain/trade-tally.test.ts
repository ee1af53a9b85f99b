import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { anAssetTransaction } from '@cnop/testing/builders/asset';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createTradeTally } from '../../../src/analytics/domain/trade-tally.ts';

const HOUR_MILLISECONDS = 3_600_000;
const START = Date.parse('2026-01-01T00:00:00.000Z');
const at = (hours: number): string => new Date(START + hours * HOUR_MILLISECONDS).toISOString();

const trade = (
  type: AssetTransaction['transaction_type'],
  hours: number,
  quantity: string,
  others: Parameters<typeof anAssetTransaction>[0] = {},
): AssetTransaction =>
  anAssetTransaction({
    transaction_type: type,
    quantity,
    timestamp: at(hours),
    total_amount: '100.00',
    fees: '1.00',
    realized_pnl: null,
    ...others,
  });

function analyse(from: string, to: string, transactions: readonly AssetTransaction[]) {
  const tally = createTradeTally({ from, to });
  transactions.forEach(tally.visit);
  return tally.result();
}

it('only transactions of the span count, and a refund takes back a profit', () => {
  const result = analyse('2026-01-02', '2026-01-02', [
    trade('buy', 1, '5'),
    trade('sell', 30, '2', { realized_pnl: '-3.50', transaction_id: 'loss' }),
    trade('sell', 31, '1', { realized_pnl: '7.25', transaction_id: 'gain' }),
    trade('sell_refund', 32, '1', { realized_pnl: '-7.25' }),
    trade('sell', 48, '1', { realized_pnl: '100.00' }),
  ]);
  const sums = { buys: 0, sales: 2, volume: '200.00', fees: '2.00', realized_pnl: '-3.50' };
  expect(result.total).toEqual(sums);
  expect(result.by_day).toEqual([{ day: '2026-01-02', ...sums }]);
  expect(result.best_trades).toMatchObject([{ transaction_id: 'gain', realized_pnl: '7.25' }]);
  expect(result.worst_trades).toMatchObject([{ transaction_id: 'loss', realized_pnl: '-3.50' }]);
});

it('units that leave were held since they came, the first first', () => {
  const result = analyse('2026-01-02', '2026-01-31', [
    trade('buy', 0, '1'),
    trade('buy', 10, '3'),
    // Before the span: 1 unit of hour 0.
    trade('sell', 20, '1'),
    // Held for 30 hours, and the rest for 40.
    trade('sell', 40, '1'),
    trade('sell', 50, '1'),
  ]);
  expect(result.by_asset).toMatchObject([{ average_holding_seconds: 35 * 3_600 }]);
});

it('units that were refunded are not held any more, and count for no sale', () => {
  const result = analyse('2026-01-01', '2026-01-31', [
    trade('buy', 0, '1'),
    trade('buy', 10, '1'),
    trade('buy_refund', 11, '1'),
    trade('sell', 24, '1'),
  ]);
  expect(result.by_asset).toMatchObject([{ average_holding_seconds: 24 * 3_600 }]);
});

it('the holding time is that of a fold over single units', () => {
  const step = fc.record({ buys: fc.boolean(), units: fc.integer({ min: 1, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      const cameAt: number[] = [];
      const heldHours: number[] = [];
      const transactions: AssetTransaction[] = [];
      for (const [hour, { buys, units }] of steps.entries()) {
        if (!buys && cameAt.length < units) continue;
        transactions.push(trade(buys ? 'buy' : 'sell', hour, String(units)));
        for (let unit = 0; unit < units; unit += 1) {
          if (buys) cameAt.push(hour);
          else heldHours.push(hour - (cameAt.shift() ?? 0));
        }
      }
      const [asset] = analyse('2026-01-01', '2026-12-31', transactions).by_asset;
      const sum = heldHours.reduce((total, hours) => total + hours, 0);
      const expected = heldHours.length === 0 ? null : Math.floor((sum * 3_600) / heldHours.length);
      expect(asset?.average_holding_seconds ?? null).toBe(expected);
    }),
    { numRuns: 100 },
  );
});
