import { describe, expect, it } from 'vitest';
import { withEntry, withShare } from '../../../src/features/ticket/amount-share.ts';
import { readTicket } from '../../../src/features/ticket/ticket-math.ts';
import { facts, ticket } from './ticket-fixture.ts';

const known = { facts, available: { cash: '1000.00', units: '3.333333' } };

describe('a share of the available amount', () => {
  it('is units of a sale, all of them at 100 %', () => {
    expect(withShare(ticket({ side: 'sell' }), '100', known).amount).toBe('3.333333');
    expect(withShare(ticket({ side: 'sell' }), '50', known).amount).toBe('1.666666');
  });

  it('leaves no units behind, even if a value was typed', () => {
    expect(withShare(ticket({ side: 'sell', entry: 'value' }), '100', known)).toMatchObject({
      entry: 'quantity',
      amount: '3.333333',
    });
  });

  it('is cash of a purchase', () => {
    expect(withShare(ticket({ entry: 'value' }), '25', known).amount).toBe('250.00');
  });

  it('keeps a reserve when all cash is spent at the market price', () => {
    expect(withShare(ticket({ entry: 'value' }), '100', known).amount).toBe('995.00');
    expect(withShare(ticket({ entry: 'value', kind: 'limit', limit: '1900' }), '100', known).amount).toBe(
      '1000.00',
    );
  });

  it('buys only as many units as the cash pays for', () => {
    const { amount, entry } = withShare(ticket({ kind: 'limit', limit: '2000' }), '100', known);
    expect(entry).toBe('quantity');
    const { estimate } = readTicket(ticket({ kind: 'limit', limit: '2000', amount }), facts);
    expect(estimate?.cash).toBe('1000.00');
  });

  it('is a value while no limit is typed', () => {
    expect(withShare(ticket({ kind: 'limit' }), '50', known)).toMatchObject({
      entry: 'value',
      amount: '500.00',
    });
  });
});

describe('switching between units and USD', () => {
  it('keeps the amount', () => {
    expect(withEntry(ticket({ amount: '0.5' }), 'value', facts)).toMatchObject({
      entry: 'value',
      amount: '1003.01',
    });
    const sale = ticket({ side: 'sell', entry: 'value', amount: '999.50' });
    expect(withEntry(sale, 'quantity', facts)).toMatchObject({ entry: 'quantity', amount: '0.5' });
  });

  it('clears an amount that cannot be converted', () => {
    expect(withEntry(ticket({ amount: 'x' }), 'value', facts)).toMatchObject({ entry: 'value', amount: '' });
  });
});
