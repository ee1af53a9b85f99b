import { ledgerAccountSchema } from '@cnop/common/entities/user/balance-transaction';
import { aUsd } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { entryName, otherUser, partsOf, signedAmount } from '../../src/ui/ledger-names.ts';

const legs = (...sides: readonly (readonly [account: string, amount: string])[]) =>
  sides.map(([account, amount]) => ({ account: ledgerAccountSchema.parse(account), amount }));

describe('a ledger entry', () => {
  it('shows its signed amount', () => {
    expect(signedAmount({ amount: aUsd('5.00'), direction: 'debit' })).toBe('-5.00');
    expect(signedAmount({ amount: aUsd('5.00'), direction: 'credit' })).toBe('5.00');
  });

  it('of a trade is a buy or a sell by its direction', () => {
    expect(entryName({ transaction_type: 'order_payment', direction: 'debit', legs: [] })).toBe('Buy');
    expect(entryName({ transaction_type: 'order_payment', direction: 'credit', legs: [] })).toBe('Sell');
    expect(entryName({ transaction_type: 'withdraw', direction: 'debit', legs: [] })).toBe('Withdrawal');
  });

  it('of a transfer names the other user', () => {
    const ofBob = legs(['user:bob', '5']);
    expect(entryName({ transaction_type: 'transfer', direction: 'debit', legs: ofBob })).toBe(
      'Transfer to bob',
    );
    expect(entryName({ transaction_type: 'transfer', direction: 'credit', legs: ofBob })).toBe(
      'Transfer from bob',
    );
    expect(otherUser({ legs: legs(['house:fee', '1']) })).toBeUndefined();
  });
});

describe('the parts of an entry', () => {
  it('are the other sides in words, from the view of the user, without empty ones', () => {
    const sides = legs(
      ['house:asset:BTC', '499.505'],
      ['house:spread', '0.25'],
      ['house:rounding', '0'],
      ['house:fee', '0.5'],
    );
    expect(partsOf({ legs: sides })).toEqual([
      { name: 'BTC at the mid price', amount: '-499.505' },
      { name: 'Spread', amount: '-0.25' },
      { name: 'Fee', amount: '-0.5' },
    ]);
  });

  it('say where a deposit and a transfer came from', () => {
    expect(partsOf({ legs: legs(['external:deposit', '-10']) })).toEqual([
      { name: 'From outside CNOP', amount: '10' },
    ]);
    expect(partsOf({ legs: legs(['user:alice', '-3.5']) })).toEqual([{ name: 'alice', amount: '3.5' }]);
  });
});
