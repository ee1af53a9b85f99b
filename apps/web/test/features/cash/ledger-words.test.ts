import { describe, expect, it } from 'vitest';
import { nameOfLine, signedAmount } from '../../../src/features/cash/ledger-words.ts';

describe('a line of the ledger', () => {
  it('shows what it did to the balance', () => {
    expect(signedAmount({ amount: '5.00', direction: 'debit' })).toBe('-5.00');
    expect(signedAmount({ amount: '5.00', direction: 'credit' })).toBe('5.00');
  });

  it('of an order bought or sold, by where the cash went', () => {
    expect(nameOfLine({ transaction_type: 'order_payment', direction: 'debit' })).toBe('Buy');
    expect(nameOfLine({ transaction_type: 'order_payment', direction: 'credit' })).toBe('Sell');
    expect(nameOfLine({ transaction_type: 'withdraw', direction: 'debit' })).toBe('Withdrawal');
  });
});
