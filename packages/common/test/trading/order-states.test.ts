import { orderStatusSchema } from '@cnop/common/entities/order/order';
import { advance, isFinal, ORDER_TRANSITIONS } from '@cnop/common/trading/order-states';
import { StateConflictError } from '@cnop/exception/errors';
import { anOrder } from '@cnop/testing/builders/order';
import { describe, expect, it } from 'vitest';

const AT = '2026-01-15T12:00:01.000Z';
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
    const comesToAnEnd = (status: (typeof STATUSES)[number]): boolean =>
      isFinal(status) || ORDER_TRANSITIONS[status].some(comesToAnEnd);
    expect(STATUSES.filter((status) => !comesToAnEnd(status))).toEqual([]);
  });

  it('does not let an order be cancelled while it is processing', () => {
    expect(ORDER_TRANSITIONS.processing.toSorted()).toEqual(['completed', 'failed']);
  });

  it('has completed, cancelled, failed and expired as final statuses', () => {
    expect(STATUSES.filter(isFinal).sort()).toEqual(['cancelled', 'completed', 'expired', 'failed']);
  });

  it.each(STATUSES.flatMap((from) => STATUSES.map((to) => [from, to] as const)))(
    'allows the transition from %s to %s only when the table has it',
    (from, to) => {
      const order = anOrder({ status: from, history: [{ status: from, at: AT, reason: null }] });
      if (ORDER_TRANSITIONS[from].includes(to)) {
        const moved = advance(order, to, AT, 'because');
        expect(moved).toMatchObject({ status: to, updated_at: AT });
        expect(moved.history).toEqual([...order.history, { status: to, at: AT, reason: 'because' }]);
      } else {
        expect(() => advance(order, to, AT)).toThrow(StateConflictError);
      }
    },
  );
});
