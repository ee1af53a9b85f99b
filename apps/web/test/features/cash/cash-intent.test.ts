import { describe, expect, it } from 'vitest';
import { cashIntentOf } from '../../../src/features/cash/cash-intent.ts';

const request = { move: 'deposit', amount: '10' } as const;

describe('the intent behind a movement of cash', () => {
  it('has a key of its own', () => {
    expect(cashIntentOf(request, { unsettled: undefined, key: 'k-1' })).toEqual({ request, key: 'k-1' });
  });

  it('keeps its key while nobody knows what became of it', () => {
    const unsettled = { request, key: 'k-1' };
    expect(cashIntentOf({ ...request }, { unsettled, key: 'k-2' })).toBe(unsettled);
  });

  it.each([
    [{ ...request, amount: '11' }],
    [{ ...request, move: 'withdraw' as const }],
    [{ ...request, description: 'rent' }],
  ])('is another one for %j', (changed) => {
    const unsettled = { request, key: 'k-1' };
    expect(cashIntentOf(changed, { unsettled, key: 'k-2' }).key).toBe('k-2');
  });
});
