import { describe, expect, it } from 'vitest';
import { intentOf } from '../../../src/api/http/intent.ts';

interface Movement {
  readonly move: 'deposit' | 'withdraw';
  readonly amount: string;
  readonly description?: string;
}

const request: Movement = { move: 'deposit', amount: '10' };

describe('the intent of a deposit or withdrawal', () => {
  it('has its own key', () => {
    expect(intentOf(request, { unsettled: undefined, key: 'k-1' })).toEqual({ request, key: 'k-1' });
  });

  it('keeps its key while its outcome is unknown', () => {
    const unsettled = { request, key: 'k-1' };
    expect(intentOf({ ...request }, { unsettled, key: 'k-2' })).toBe(unsettled);
  });

  it.each<[Movement]>([
    [{ ...request, amount: '11' }],
    [{ ...request, move: 'withdraw' }],
    [{ ...request, description: 'rent' }],
  ])('is a new one for %j', (changed) => {
    const unsettled = { request, key: 'k-1' };
    expect(intentOf(changed, { unsettled, key: 'k-2' }).key).toBe('k-2');
  });
});
