import {
  advance,
  assertMayBecome,
  assertOpen,
  isFinal,
  ORDER_TRANSITIONS,
} from '@cnop/common/entities/order/order';
import type { OrderStatus } from '@cnop/common/entities/order/order-document';
import { orderStatusSchema } from '@cnop/common/entities/order/order-document';
import { StateConflictError } from '@cnop/exception/errors';
import { aTime } from '@cnop/testing/builders/brands';
import { anOrder } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';

const AT = aTime('2026-01-15T12:00:01.000Z');
const STATUSES = orderStatusSchema.options;

describe('the table of order states', () => {
  it('reaches every status from pending', () => {
    const reached = new Set(['pending']);
    const frontier: (typeof STATUSES)[number][] = ['pending'];
    for (let status = frontier.pop(); status !== undefined; status = frontier.pop()) {
      for (const next of ORDER_TRANSITIONS[status]) {
        if (!reached.has(next)) frontier.push(next);
        reached.add(next);
      }
    }
    expect([...reached].sort()).toEqual([...STATUSES].sort());
  });

  it('reaches a final status from every status', () => {
    const comesToAnEnd = (status: OrderStatus): boolean => {
      const next: readonly OrderStatus[] = ORDER_TRANSITIONS[status];
      return isFinal(status) || next.some(comesToAnEnd);
    };
    expect(STATUSES.filter((status) => !comesToAnEnd(status))).toEqual([]);
  });

  it('does not let an order be cancelled while it is processing', () => {
    expect(ORDER_TRANSITIONS.processing.toSorted()).toEqual(['completed', 'failed']);
  });

  it('has completed, cancelled, failed and expired as final statuses', () => {
    expect(STATUSES.filter(isFinal).sort()).toEqual(['cancelled', 'completed', 'expired', 'failed']);
  });

  it.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))(
    'allows the transition from %s to %s only when it has it',
    (from, to) => {
      const allowed: readonly OrderStatus[] = ORDER_TRANSITIONS[from];
      const check = () => assertMayBecome({ status: from }, to);
      if (allowed.includes(to)) expect(check).not.toThrow();
      else expect(check).toThrow(StateConflictError);
    },
  );
});

describe('an advance of an order', () => {
  it('sets the status and its time, and adds both to the history', () => {
    const pending = anOrder('pending');
    expect(advance(pending, 'cancelled', AT, 'because')).toEqual({
      status: 'cancelled',
      updated_at: AT,
      history: [...pending.history, { status: 'cancelled', at: AT, reason: 'because' }],
    });
  });

  it('to a status that may not follow is an error of types, and refused', () => {
    // @ts-expect-error -- a completed order is final
    expect(() => advance(anOrder('completed'), 'cancelled', AT)).toThrow(
      'The order is completed: it cannot be cancelled any more.',
    );
    // @ts-expect-error -- an order is queued only once
    expect(() => advance(anOrder('queued', { order_type: 'limit_buy' }), 'queued', AT)).toThrow(
      'The order is queued already.',
    );
  });

  it('needs an open order where it releases a hold', () => {
    expect(() => assertOpen(anOrder('queued', { order_type: 'stop_loss' }), 'expired')).not.toThrow();
    for (const status of STATUSES.filter((each) => each !== 'queued' && each !== 'expired')) {
      expect(() => assertOpen(anOrder(status), 'cancelled'), status).toThrow(StateConflictError);
    }
  });
});
