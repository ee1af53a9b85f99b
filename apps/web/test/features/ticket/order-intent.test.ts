import { aClientOrderId, anAssetId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { orderIntentOf } from '../../../src/features/ticket/order-intent.ts';
import { ticket } from './ticket-fixture.ts';

const K_1 = aClientOrderId('k-1');

const now = new Date('2026-01-01T00:00:00.000Z');
const request = { asset_id: anAssetId('ETH'), order_type: 'market_buy', quantity: '1' } as const;

describe('the intent behind an order', () => {
  it('uses its key as client order id', () => {
    const intent = orderIntentOf(
      { ticket: ticket({ amount: '1' }), request },
      { unsettled: undefined, key: K_1, now },
    );
    expect(intent.request).toEqual({ ...request, client_order_id: 'k-1' });
  });

  it('stays the same while its outcome is unknown, whatever the price does', () => {
    const state = ticket({ entry: 'value', amount: '1000' });
    const unsettled = orderIntentOf({ ticket: state, request }, { unsettled: undefined, key: K_1, now });
    const moved = { ticket: state, request: { ...request, quantity: '0.99' } };
    expect(orderIntentOf(moved, { unsettled, key: aClientOrderId('k-2'), now })).toBe(unsettled);
  });

  it('is a new one once the ticket changes', () => {
    const unsettled = orderIntentOf(
      { ticket: ticket({ amount: '1' }), request },
      { unsettled: undefined, key: K_1, now },
    );
    const changed = orderIntentOf(
      { ticket: ticket({ amount: '2' }), request },
      { unsettled, key: aClientOrderId('k-2'), now },
    );
    expect(changed.request.client_order_id).toBe('k-2');
  });

  it('sends the expiry unless it is the default', () => {
    const limit = { ...request, order_type: 'limit_buy', price: '1900' } as const;
    const expiryOf = (days: '7' | '30', kind: 'limit' | 'market') => {
      const draft = { ticket: ticket({ kind, validDays: days }), request: limit };
      return orderIntentOf(draft, { unsettled: undefined, key: aClientOrderId('k'), now }).request.expires_at;
    };
    expect(expiryOf('7', 'limit')).toBe('2026-01-08T00:00:00.000Z');
    expect(expiryOf('30', 'limit')).toBeUndefined();
    expect(expiryOf('7', 'market')).toBeUndefined();
  });
});
