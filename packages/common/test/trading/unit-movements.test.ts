import { decimal, formatQuantity, formatUsd } from '@cnop/common/core/money';
import { userAccount } from '@cnop/common/entities/user/balance-rules';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { anAssetId, aPrice, aTime, aTransactionId, aUsername } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { MovedUnits } from '../../src/trading/unit-movements.ts';
import { receiveUnits, sendUnits } from '../../src/trading/unit-movements.ts';

const BTC = anAssetId('BTC');

function units(quantity: string, overrides: Partial<MovedUnits> = {}): MovedUnits {
  return {
    type: 'transfer',
    username: aUsername('alice'),
    assetId: BTC,
    quantity: decimal(quantity),
    counterpart: userAccount(aUsername('bob')),
    mid: aPrice('3'),
    description: null,
    id: aTransactionId('moved'),
    at: aTime('2026-01-15T12:00:00.000Z'),
    ...overrides,
  };
}

describe('units that move between two positions', () => {
  it('lose and gain no cent of cost and no unit, whatever their number', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.bigInt({ min: 0n, max: 10n ** 10n }),
        fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 6 }),
        (held, cents, shares) => {
          let from = aStoredAssetBalance({ quantity: String(held), total_invested: usd(cents) });
          let to: typeof from | undefined;
          for (const share of shares) {
            const quantity = (BigInt(from.quantity) * BigInt(share)) / 100n;
            if (quantity === 0n) continue;
            const moved = units(String(quantity));
            const sent = sendUnits(from, moved);
            const received = receiveUnits(to, moved, decimal(sent.assetTransaction.cost));
            [from, to] = [sent.holding, received.holding];
          }
          if (!to) return;
          expect(BigInt(from.quantity) + BigInt(to.quantity)).toBe(held);
          expect(centsOf(from.total_invested) + centsOf(to.total_invested)).toBe(cents);
          expect(from.realized_pnl).toBe('0.00');
          expect(to.realized_pnl).toBe('0.00');
          expect(centsOf(from.transferred_gain ?? '') + centsOf(to.transferred_gain ?? '')).toBe(0n);
          // All units gone, all cost gone.
          if (from.quantity === '0') expect(from.total_invested).toBe('0.00');
        },
      ),
      { numRuns: 300 },
    );
  });

  it('take the remainder of the rounding along', () => {
    const third = aStoredAssetBalance({ quantity: '3', total_invested: '0.10' });
    const { holding, assetTransaction } = sendUnits(third, units('1'));
    expect([holding.total_invested, assetTransaction.cost]).toEqual(['0.06', '0.04']);
  });

  it('are valued against the limit: rounded up to cents', () => {
    const { assetTransaction } = sendUnits(
      aStoredAssetBalance({ quantity: '1', total_invested: '0.00' }),
      units('0.001'),
    );
    expect(assetTransaction).toMatchObject({ total_amount: '0.01', direction: 'out', price: '3' });
  });
});

describe('units that cost nothing', () => {
  it('lower the average cost, and change no transferred gain', () => {
    const before = aStoredAssetBalance({ quantity: '1', total_invested: '10.00' });
    const gift = units('1', { type: 'staking', mid: aPrice('0.999') });
    const { holding, assetTransaction } = receiveUnits(before, gift, decimal('0'));
    expect(holding).toMatchObject({ quantity: '2', total_invested: '10.00', average_purchase_price: '5' });
    expect(holding.transferred_gain).toBeUndefined();
    expect(assetTransaction).toMatchObject({ total_amount: '0.99', cost: '0.00', direction: 'in' });
  });

  it('may be all that a position has', () => {
    const { holding } = receiveUnits(undefined, units('2', { type: 'airdrop' }), decimal('0'));
    expect(holding).toMatchObject({ total_invested: '0.00', average_purchase_price: '0' });
  });
});

it('held units stay', () => {
  const held = aStoredAssetBalance({ quantity: '3', held_quantity: '2' });
  expect(() => sendUnits(held, units('1.5'))).toThrow(/1\.5 required, 1 available/);
});

const usd = (cents: bigint): string =>
  formatUsd(decimal(formatQuantity(decimal(String(cents)))).times('0.01'));
const centsOf = (amount: string): bigint => decimal(amount).times('100').unitsAt(4) / 10_000n;
