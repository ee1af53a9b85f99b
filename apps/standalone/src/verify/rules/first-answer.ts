import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import type { Attributes, Item, ItemKey } from '@cnop/common/database/table-store';
import type { Order } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import { z } from 'zod';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

const orderAnswerSchema = z.object({ order_id: z.string() });
/** An answer about cash names the ledger entry that it made. */
const cashAnswerSchema = z.object({ transaction_id: z.string(), new_balance: z.string() });
/** The answer is remembered for the administrator who asked, but its ledger entry is somebody else's. */
const ADJUSTMENT_ROUTE = 'adjustment';

/** What a remembered answer promises to be stored. */
export interface Promised {
  readonly answer: StoredOf<'remembered answer'>;
  readonly key: ItemKey;
  /** @returns what is wrong about the item that was found */
  readonly differenceOf: (item: Item | undefined) => string | undefined;
}

/** Reads what an answer speaks of; an answer to a command that stores nothing of the kind promises nothing. */
export function promiseOf(answer: StoredOf<'remembered answer'>): Promised | Violation | undefined {
  const { route, response, username } = answer.entity;
  const content = parseJson(response);
  if (orderAnswerSchema.safeParse(content).success) {
    const order = orderSchema.safeParse(content);
    if (!order.success) return violation('first-answer', [answer.key], 'The answer is not an order.');
    const differenceOf = (item: Item | undefined) => orderDifference(order.data, username, item);
    return { answer, key: orderRecord.key(order.data), differenceOf };
  }
  const cash = cashAnswerSchema.safeParse(content);
  if (!cash.success || route === ADJUSTMENT_ROUTE) return undefined;
  const { transaction_id, new_balance } = cash.data;
  return {
    answer,
    key: balanceTransactionRecord.key({ username, transaction_id }),
    differenceOf: (item) => {
      if (!item) return 'The ledger entry of this answer is not stored.';
      return item.attributes['new_balance'] === new_balance
        ? undefined
        : 'The answer and the ledger entry differ.';
    },
  };
}

export function checkPromise({ answer, key, differenceOf }: Promised, item: Item | undefined): Violation[] {
  const difference = differenceOf(item);
  return difference === undefined ? [] : [violation('first-answer', [answer.key, key], difference)];
}

/** What happens to an order later is added to its history; what the answer said of it stays true. */
const FIXED_FIELDS = ['order_id', 'username', 'asset_id', 'order_type', 'quantity', 'created_at'] as const;
const MOVING_FIELDS = ['status', 'price', 'executed_price', 'total_amount', 'fees'] as const;

function orderDifference(answered: Order, username: string, item: Item | undefined): string | undefined {
  if (!item) return 'The order of this answer is not stored.';
  if (answered.username !== username) return `The answer speaks of an order of ${answered.username}.`;
  const changed = [
    ...FIXED_FIELDS,
    ...(hasMovedOn(answered, item.attributes) ? [] : MOVING_FIELDS),
    // An order of an earlier version lacks what orders did not have then.
  ].find((field) => (item.attributes[field] ?? null) !== answered[field]);
  return changed && `${changed} differs from the stored order.`;
}

function hasMovedOn(answered: Order, stored: Attributes): boolean {
  const history = stored['history'];
  return Array.isArray(history) && history.length > answered.history.length;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
