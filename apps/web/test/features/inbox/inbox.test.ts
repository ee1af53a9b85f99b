import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { recurringBuySchema } from '@cnop/common/entities/order/recurring-buy';
import { paymentSchema } from '@cnop/common/entities/user/payment';
import { aTime } from '@cnop/testing/builders/brands';
import { anOrderDocument } from '@cnop/testing/builders/order';
import { aBalanceTransaction } from '@cnop/testing/builders/user';
import { describe, expect, it } from 'vitest';
import type { InboxSources } from '../../../src/features/inbox/inbox.ts';
import { inboxOf, isUnread, titleOf } from '../../../src/features/inbox/inbox.ts';

const NOW = new Date('2026-01-31T12:00:00.000Z');
const AT = aTime('2026-01-30T12:00:00.000Z');
const NOTHING: InboxSources = { orders: [], entries: [], payments: [], buys: [] };
const QUOTE = { asset_id: 'BTC', bid: '1', mid: '1', ask: '1', at: AT, source: 'manual', seq: 1 } as const;

const titles = (sources: Partial<InboxSources>) => inboxOf({ ...NOTHING, ...sources }, NOW).map(titleOf);

/** An order that was open, with its last status. */
function ended(status: OrderDocument['status'], reason: string | null = null): OrderDocument {
  return {
    ...anOrderDocument({ order_type: 'limit_buy', accepted_quote: QUOTE }),
    status,
    history: [{ status, at: AT, reason }],
  };
}

const entry = (changes: object) => ({
  currency: 'USD' as const,
  ...aBalanceTransaction({ created_at: AT, ...changes }),
});

describe('the inbox', () => {
  it.each([
    ['completed', null, ['Limit buy BTC filled']],
    ['expired', null, ['Limit buy BTC expired']],
    ['failed', 'no cash', ['Limit buy BTC failed']],
    ['cancelled', 'BTC is delisted', ['Limit buy BTC was cancelled by the platform']],
    ['cancelled', 'cancelled by the user', []],
    ['queued', null, []],
  ] as const)('has an open order that is %s (%s)', (status, reason, expected) => {
    expect(titles({ orders: [ended(status, reason)] })).toEqual(expected);
  });

  it('has no order that was filled when it was placed', () => {
    expect(titles({ orders: [{ ...ended('completed'), accepted_quote: null }] })).toEqual([]);
  });

  it.each([
    [{ transaction_type: 'system_adjustment' }, ['Your balance was adjusted by staff']],
    [{ transaction_type: 'order_refund' }, ['Refund']],
    [{ transaction_type: 'transfer', direction: 'debit' }, []],
    [{ transaction_type: 'deposit' }, []],
    [{ transaction_type: 'order_payment' }, []],
  ])('has the ledger entries of others: %j', (changes, expected) => {
    expect(titles({ entries: [entry(changes)] })).toEqual(expected);
  });

  it('has payments that came to an end by their provider or by staff', () => {
    const steps = (status: string) => [{ status, at: AT, reason: null }];
    const payment = (status: string) => ({
      ...paymentSchema
        .pick({
          payment_id: true,
          kind: true,
          amount: true,
          status: true,
          description: true,
          created_at: true,
        })
        .parse({
          payment_id: status,
          kind: 'withdrawal',
          amount: '5.00',
          status,
          description: null,
          created_at: AT,
        }),
      history: paymentSchema.shape.history.parse(steps(status)),
      review: null,
    });
    const payments = ['pending', 'processing', 'completed', 'failed', 'cancelled'].map(payment);
    expect(titles({ payments }).toSorted((a, b) => a.localeCompare(b))).toEqual([
      'Withdrawal completed',
      'Withdrawal failed',
    ]);
  });

  it('has the runs of recurring buys that bought nothing', () => {
    const run = (outcome: string) => ({
      scheduled_for: AT,
      at: AT,
      outcome,
      order_id: null,
      quantity: null,
      cost: null,
      error_code: null,
    });
    const buy = recurringBuySchema.parse({
      recurring_buy_id: 'r',
      username: 'ada',
      asset_id: 'BTC',
      amount: '25.00',
      every: 'week',
      starts_at: AT,
      if_refused: 'skip',
      status: 'active',
      paused_by: null,
      scheduled_for: AT,
      next_run_at: AT,
      attempts: 0,
      refused_in_a_row: 0,
      bought_runs: 1,
      total_cost: '0.00',
      created_at: AT,
      updated_at: AT,
      runs: [run('bought'), run('refused')],
    });
    expect(titles({ buys: [buy] })).toEqual(['Recurring buy of BTC refused']);
  });

  it('is newest first and forgets what is older than 30 days', () => {
    const at = (created_at: string, id: string) =>
      entry({ transaction_type: 'system_adjustment', created_at, transaction_id: id });
    const entries = [
      at('2025-12-31T12:00:00.000Z', 'old'),
      at('2026-01-02T12:00:00.000Z', 'first'),
      at('2026-01-29T12:00:00.000Z', 'last'),
    ];
    const items = inboxOf({ ...NOTHING, entries }, NOW);
    expect(items.map(({ id }) => id)).toEqual(['last', 'first']);
    const unread = (until: string | undefined) =>
      items
        .filter((item) => isUnread(item, until === undefined ? undefined : aTime(until)))
        .map(({ id }) => id);
    expect(unread(undefined)).toEqual(['last', 'first']);
    expect(unread('2026-01-02T12:00:00.000Z')).toEqual(['last']);
    expect(unread('2026-01-29T12:00:00.000Z')).toEqual([]);
  });
});
