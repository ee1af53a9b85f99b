import { decimal, smallestStep } from '@cnop/common/core/money';
import { unitsForCash } from '@cnop/common/trading/settlement';
import { aPrice } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readTicket } from '../../../src/features/ticket/ticket-math.ts';
import { withSide } from '../../../src/features/ticket/ticket-state.ts';
import { facts, ticket } from './ticket-fixture.ts';

describe('a market order', () => {
  it('buys at the ask and pays the fee on top', () => {
    const { request, estimate } = readTicket(ticket({ amount: '0,5' }), facts);
    expect(request).toEqual({ asset_id: 'ETH', order_type: 'market_buy', quantity: '0.5' });
    // 0.5 × 2001 = 1000.50; a quarter of a percent of it is 2.50125, rounded up.
    expect(estimate).toEqual({
      price: '2001',
      quantity: '0.5',
      total: '1000.50',
      fees: '2.51',
      cash: '1003.01',
    });
  });

  it('sells at the bid and deducts the fee', () => {
    const { estimate } = readTicket(ticket({ side: 'sell', amount: '0.5' }), facts);
    expect(estimate).toMatchObject({ price: '1999', total: '999.50', fees: '2.50', cash: '997.00' });
  });

  it('converts a value into units, including the fee', () => {
    const { request, estimate } = readTicket(ticket({ entry: 'value', amount: '1003.01' }), facts);
    expect(request?.quantity).toBe('0.5');
    expect(estimate?.cash).toBe('1003.01');
  });
});

describe('an open order', () => {
  it('is estimated at its limit', () => {
    const { request, estimate } = readTicket(ticket({ kind: 'limit', limit: '1900', amount: '1' }), facts);
    expect(request).toEqual({ asset_id: 'ETH', order_type: 'limit_buy', quantity: '1', price: '1900' });
    expect(estimate).toMatchObject({ price: '1900', total: '1900.00', fees: '4.75', cash: '1904.75' });
  });

  it('is estimated at its stop price', () => {
    const state = ticket({ side: 'sell', kind: 'stop_loss', stop: '1800.5', amount: '2' });
    const { request, estimate } = readTicket(state, facts);
    expect(request).toEqual({
      asset_id: 'ETH',
      order_type: 'stop_loss',
      quantity: '2',
      stop_price: '1800.5',
    });
    expect(estimate?.total).toBe('3601.00');
  });

  it.each([
    ['amount', '99', { trail_amount: '99' }, '1900'],
    ['percent', '10', { trail_percent: '10' }, '1799.1'],
  ] as const)('is estimated with a trail by %s from the bid', (trailBy, trail, sent, price) => {
    const state = ticket({ side: 'sell', kind: 'trailing_stop', trailBy, trail, amount: '1' });
    const { request, estimate } = readTicket(state, facts);
    expect(request).toEqual({ asset_id: 'ETH', order_type: 'trailing_stop', quantity: '1', ...sent });
    expect(estimate?.price).toBe(price);
  });
});

describe('the errors of a ticket', () => {
  it('are reported by field and prevent sending', () => {
    const { errors, request } = readTicket(ticket({ kind: 'limit', limit: '1e5', amount: '-1' }), facts);
    expect(Object.keys(errors).sort()).toEqual(['amount', 'limit']);
    expect(request).toBeUndefined();
  });

  it('are none while fields are only empty', () => {
    const { errors, missing, request } = readTicket(ticket({ kind: 'limit' }), facts);
    expect(errors).toEqual({});
    expect([...missing].sort()).toEqual(['amount', 'limit']);
    expect(request).toBeUndefined();
  });

  it('ignore hidden fields, which are not sent either', () => {
    const { errors, request } = readTicket(ticket({ limit: 'rubbish', stop: '1', amount: '1' }), facts);
    expect(errors).toEqual({});
    expect(request).toEqual({ asset_id: 'ETH', order_type: 'market_buy', quantity: '1' });
  });

  it('include a value below the smallest quantity', () => {
    const { errors, request } = readTicket(ticket({ entry: 'value', amount: '0.01' }), {
      ...facts,
      quantityScale: 0,
    });
    expect(errors.amount).toBeDefined();
    expect(request).toBeUndefined();
  });

  it.each(['100', '250'])('include a trail of %s percent', (trail) => {
    const state = ticket({ side: 'sell', kind: 'trailing_stop', trail, amount: '1' });
    expect(readTicket(state, facts).errors.trail).toBeDefined();
  });
});

describe('switching the side', () => {
  it('keeps the amount', () => {
    expect(withSide(ticket({ amount: '3' }), 'sell').amount).toBe('3');
  });

  it('changes an order type that the side does not have', () => {
    expect(withSide(ticket({ side: 'sell', kind: 'stop_loss' }), 'buy').kind).toBe('market');
    expect(withSide(ticket({ side: 'sell', kind: 'limit' }), 'buy').kind).toBe('limit');
  });
});

describe('the units for an amount of cash', () => {
  const cents = fc.integer({ min: 100, max: 100_000_000 });
  const usd = (amount: number) => decimal(String(amount)).div('100');

  it('cost at most that amount, and one step more would exceed it', () => {
    fc.assert(
      fc.property(
        cents,
        cents,
        fc.nat(500),
        fc.integer({ min: 0, max: 8 }),
        (cash, price, feeBps, quantityScale) => {
          const units = unitsForCash(usd(cash), usd(price), { feeBps, quantityScale });
          const step = smallestStep(quantityScale);
          const costOf = (quantity: typeof units) => {
            const state = ticket({ amount: quantity.toFixed() });
            const market = { ...facts, feeBps, quantityScale, ask: aPrice(usd(price).toFixed()) };
            return decimal(readTicket(state, market).estimate?.cash ?? '0');
          };
          expect(costOf(units).lte(usd(cash))).toBe(true);
          expect(costOf(units.plus(step)).gt(usd(cash))).toBe(true);
        },
      ),
    );
  });
});
