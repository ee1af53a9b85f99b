import { describe, expect, it } from 'vitest';
import { attemptOf } from '../../../../src/features/admin/users/attempt.ts';

const adjustment = { amount: '-5.00', description: 'A fee' };
const unsettled = { adjustment, key: 'first' };

describe('an attempt to adjust a balance', () => {
  it('has a key of its own', () => {
    expect(attemptOf(adjustment, undefined, 'new')).toEqual({ adjustment, key: 'new' });
  });

  it('keeps the key while nobody knows what became of the same one', () => {
    expect(attemptOf({ ...adjustment }, unsettled, 'new')).toEqual(unsettled);
  });

  it.each([{ amount: '5.00' }, { description: 'Another fee' }])('with %j is another one', (change) => {
    expect(attemptOf({ ...adjustment, ...change }, unsettled, 'new').key).toBe('new');
  });
});
