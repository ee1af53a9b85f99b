import { describe, expect, it } from 'vitest';
import { allocationOf, MAX_SLICES } from '../../../src/features/portfolio/allocation.ts';

const labels = (slices: readonly { readonly label: string }[]) => slices.map(({ label }) => label);

describe('the allocation of an account', () => {
  it('has the largest asset first and cash last', () => {
    const slices = allocationOf(
      [
        { id: 'ETH', value: '100.00' },
        { id: 'BTC', value: '300.00' },
      ],
      '600.00',
    );
    expect(slices).toEqual([
      { kind: 'asset', label: 'BTC', value: '300.00', share: '30.00' },
      { kind: 'asset', label: 'ETH', value: '100.00', share: '10.00' },
      { kind: 'cash', label: 'Cash', value: '600.00', share: '60.00' },
    ]);
  });

  it('compares amounts as numbers, not as text', () => {
    const slices = allocationOf(
      [
        { id: 'A', value: '9.00' },
        { id: 'B', value: '10.00' },
      ],
      '0.00',
    );
    expect(labels(slices)).toEqual(['B', 'A']);
  });

  it('leaves out worthless assets and is empty for an empty account', () => {
    expect(labels(allocationOf([{ id: 'A', value: '0.00' }], '5.00'))).toEqual(['Cash']);
    expect(allocationOf([{ id: 'A', value: '0.00' }], '0.00')).toEqual([]);
  });

  it('merges the smallest assets into one slice without losing value', () => {
    const assets = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'].map((id, index) => ({
      id,
      value: `${100 - index}.10`,
    }));
    const slices = allocationOf(assets, '0.00');
    expect(slices).toHaveLength(MAX_SLICES);
    // 95.10 + 94.10 + 93.10 of 772.80.
    expect(slices.at(-1)).toEqual({ kind: 'rest', label: '3 more', value: '282.30', share: '36.52' });
  });

  it('merges nothing if each asset has a slice', () => {
    const assets = ['A', 'B', 'C', 'D', 'E', 'F'].map((id) => ({ id, value: '1.00' }));
    expect(labels(allocationOf(assets, '0.00'))).toEqual(['A', 'B', 'C', 'D', 'E', 'F']);
  });
});
