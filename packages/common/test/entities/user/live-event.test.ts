import { isExpiredEvent, liveEventSchema, nextEvent } from '@cnop/common/entities/user/live-event';
import { aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { aClientOrderId, anEventId, aTime } from '@cnop/testing/builders/brands';
import { anOrder } from '@cnop/testing/builders/order';
import { aBalance } from '@cnop/testing/builders/user';
import { describe, expect, it } from 'vitest';
import { describeEntityFields, integer, oneOf, required } from '../field-cases.ts';

const AT = aTime('2026-01-15T12:00:00.000Z');
const EVENT_1 = anEventId('event-1');
const balance = aBalance({ held_balance: '400.00', event_seq: 41 });

describe('an event', () => {
  const valid = nextEvent(balance, { type: 'balance.changed', id: EVENT_1, at: AT }).event;
  describeEntityFields(liveEventSchema, valid, {
    seq: integer({ min: 1 }),
    id: required.id,
    type: oneOf(
      'order.queued',
      'order.completed',
      'order.cancelled',
      'order.expired',
      'order.failed',
      'balance.changed',
      'holding.changed',
      'session.revoked',
    ),
    occurred_at: required.timestamp,
    username: required.username,
    data: {
      accepts: [[{}], [{ session_id: 'session-1' }], [valid.data]],
      refuses: [
        null,
        undefined,
        'x',
        { balance: {} },
        { holding: { asset_id: 'BTC' } },
        { session_id: 'a b' },
      ],
    },
  });
});

describe('the next event of a user', () => {
  it('has the next sequence number, which the balance counts', () => {
    const { balance: after, event } = nextEvent(balance, {
      type: 'balance.changed',
      id: EVENT_1,
      at: AT,
    });
    expect(event.seq).toBe(42);
    expect(after).toEqual({ ...balance, event_seq: 42 });
  });

  it('has the changed fields of the order and the position that clients display, and no others', () => {
    const order = anOrder('pending', { client_order_id: aClientOrderId('mine') });
    const holding = aStoredAssetBalance({ held_quantity: '0.25' });
    const { event } = nextEvent(balance, {
      type: 'order.queued',
      id: EVENT_1,
      at: AT,
      order,
      holding,
    });
    expect(liveEventSchema.parse(event)).toEqual(event);
    expect(event.data).toEqual({
      order: {
        order_id: order.order_id,
        client_order_id: 'mine',
        asset_id: 'BTC',
        order_type: 'market_buy',
        status: 'pending',
        quantity: '0.5',
        executed_price: null,
        total_amount: null,
        fees: '0.00',
      },
      balance: { current_balance: '1000.00', held_balance: '400.00' },
      holding: { asset_id: 'BTC', quantity: '0.5', held_quantity: '0.25' },
    });
  });

  it.each([
    ['2026-02-14T11:59:59.999Z', false],
    ['2026-02-14T12:00:00.000Z', true],
  ])('is at %s too old: %s', (now, isExpired) => {
    expect(isExpiredEvent({ occurred_at: AT }, new Date(now))).toBe(isExpired);
  });
});
