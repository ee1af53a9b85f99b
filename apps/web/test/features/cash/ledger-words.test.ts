import { aUsd } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { entryName, signedAmount } from '../../../src/features/cash/ledger-words.ts';

describe('a ledger entry', () => {
  it('shows its signed amount', () => {
    expect(signedAmount({ amount: aUsd('5.00'), direction: 'debit' })).toBe('-5.00');
    expect(signedAmount({ amount: aUsd('5.00'), direction: 'credit' })).toBe('5.00');
  });

  it('of a trade is a buy or a sell by its direction', () => {
    expect(entryName({ transaction_type: 'order_payment', direction: 'debit' })).toBe('Buy');
    expect(entryName({ transaction_type: 'order_payment', direction: 'credit' })).toBe('Sell');
    expect(entryName({ transaction_type: 'withdraw', direction: 'debit' })).toBe('Withdrawal');
  });
});
