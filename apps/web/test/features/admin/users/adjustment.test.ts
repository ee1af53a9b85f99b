import { decimal } from '@cnop/common/core/money';
import { aUsd } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { balanceAfter, coverError, readAdjustment } from '../../../../src/features/admin/users/adjustment.ts';

const balance = {
  current_balance: aUsd('100.00'),
  held_balance: aUsd('30.00'),
  available_balance: '70.00',
  transfers_frozen: false,
};
const form = { direction: 'add', amount: '12,5', description: ' A fee of May ' } as const;

describe('an adjustment', () => {
  it('has the sign of its direction', () => {
    const description = 'A fee of May';
    expect(readAdjustment(form)).toEqual({ kind: 'good', adjustment: { amount: '12.5', description } });
    expect(readAdjustment({ ...form, direction: 'take' })).toEqual({
      kind: 'good',
      adjustment: { amount: '-12.5', description },
    });
  });

  it('requires an amount and a description', () => {
    expect(readAdjustment({ ...form, amount: '', description: '  ' })).toEqual({
      kind: 'bad',
      fieldErrors: { amount: 'Required.', description: 'Required.' },
    });
  });

  it.each([
    ['-5', /Take away/],
    ['−5', /Take away/],
    ['0', /above 0/],
    ['1.001', /2 digits after the point/],
    ['1e2', /number such as/],
    ['five', /number such as/],
  ])('of %j is refused', (amount, expected) => {
    const reading = readAdjustment({ ...form, amount });
    expect(reading.kind === 'bad' && reading.fieldErrors.amount).toMatch(expected);
  });

  it('may take the available balance and not a cent more', () => {
    expect(coverError(balance, '-70.00')).toBeUndefined();
    expect(coverError(balance, '-70.01')).toMatch(/[Ee]xceeds the available balance/);
    expect(coverError(balance, '1000000')).toBeUndefined();
  });

  it('changes the balance by exactly its amount', () => {
    const cents = fc.bigInt({ min: 0n, max: 10n ** 16n });
    const usd = (value: bigint) => aUsd(`${value / 100n}.${String(value % 100n).padStart(2, '0')}`);
    fc.assert(
      fc.property(cents, cents, fc.boolean(), (before, change, takes) => {
        const amount = `${takes ? '-' : ''}${usd(change)}`;
        const after = balanceAfter({ ...balance, current_balance: usd(before) }, amount);
        return decimal(after).minus(usd(before)).eq(amount);
      }),
    );
  });
});
