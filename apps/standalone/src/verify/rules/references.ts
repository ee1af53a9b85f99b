import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { walletTransactionRecord } from '@cnop/common/dao/user/wallet-dao';
import type { Attributes, Item, ItemKey } from '@cnop/common/database/table-store';
import { BASE_CURRENCY, currencySchema } from '@cnop/common/entities/currency';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import { z } from 'zod';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

const orderAnswerSchema = z.object({ order_id: z.string() });
/** The answer to a command about cash, with the ledger entry that it wrote. */
const cashAnswerSchema = z.object({
  transaction_id: z.string().brand<'TransactionId'>(),
  new_balance: z.string(),
  currency: currencySchema.default(BASE_CURRENCY),
});
/** The answer belongs to the administrator, but its ledger entry to another user, so it is not looked up. */
const ADJUSTMENT_ROUTE = 'adjustment';
/** The answer belongs to the administrator, and its order to another user. */
const REFUND_ROUTE = 'refund';

/** The item that a remembered answer refers to. */
export interface ItemReference {
  readonly answer: StoredOf<'remembered answer'>;
  readonly key: ItemKey;
  /** Returns the difference between the answer and the stored item, if any. */
  readonly differenceOf: (item: Item | undefined) => string | undefined;
}

/** Finds the order or ledger entry that an answer refers to. Other answers refer to nothing. */
export function referencedItem(answer: StoredOf<'remembered answer'>): ItemReference | Violation | undefined {
  const { route, response, username } = answer.entity;
  const content = parseJson(response);
  if (orderAnswerSchema.safeParse(content).success) {
    const order = orderDocumentSchema.safeParse(content);
    if (!order.success) return violation('first-answer', [answer.key], 'The answer is not an order.');
    const differenceOf = (item: Item | undefined) =>
      orderDifference(order.data, route === REFUND_ROUTE ? undefined : username, item);
    return { answer, key: orderRecord.key(order.data), differenceOf };
  }
  const cash = cashAnswerSchema.safeParse(content);
  if (!cash.success || route === ADJUSTMENT_ROUTE) return undefined;
  const { transaction_id, new_balance, currency } = cash.data;
  return {
    answer,
    key:
      currency === BASE_CURRENCY
        ? balanceTransactionRecord.key({ username, transaction_id })
        : walletTransactionRecord.key({ username, currency, transaction_id }),
    differenceOf: (item) => {
      if (!item) return 'The ledger entry of this answer is not stored.';
      return item.attributes['new_balance'] === new_balance
        ? undefined
        : 'The answer and the ledger entry differ.';
    },
  };
}

/** Compares a remembered answer with the item that it refers to. */
export function checkReference(
  { answer, key, differenceOf }: ItemReference,
  item: Item | undefined,
): Violation[] {
  const difference = differenceOf(item);
  return difference === undefined ? [] : [violation('first-answer', [answer.key, key], difference)];
}

/** Fields of an order that never change. The moving fields may differ once its history is longer than in the answer. */
const FIXED_FIELDS = ['order_id', 'username', 'asset_id', 'order_type', 'quantity', 'created_at'] as const;
const MOVING_FIELDS = ['status', 'price', 'executed_price', 'total_amount', 'fees'] as const;

function orderDifference(
  answered: OrderDocument,
  username: string | undefined,
  item: Item | undefined,
): string | undefined {
  if (!item) return 'The order of this answer is not stored.';
  if (username !== undefined && answered.username !== username)
    return `The answer is about an order of ${answered.username}.`;
  const changed = [
    ...FIXED_FIELDS,
    ...(hasMovedOn(answered, item.attributes) ? [] : MOVING_FIELDS),
    // An order of an earlier version lacks the fields that came later.
  ].find((field) => (item.attributes[field] ?? null) !== answered[field]);
  return changed && `${changed} differs from the stored order.`;
}

function hasMovedOn(answered: OrderDocument, stored: Attributes): boolean {
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

/** Checks that an e-mail has exactly one user, and one claim for that user. */
export function checkEmailClaim(
  users: readonly StoredOf<'user'>[],
  claims: readonly StoredOf<'e-mail claim'>[],
): Violation[] {
  const [user, ...otherUsers] = users;
  const [claim] = claims;
  if (user && claim && otherUsers.length === 0 && claim.entity.username === user.entity.username) return [];
  const keys = [...users, ...claims].map(({ key }) => key);
  if (!user) return [violation('email-claim', keys, 'The claim is for an e-mail that no user has.')];
  if (!claim) return [violation('email-claim', keys, 'There is no claim for the e-mail of this user.')];
  if (otherUsers.length > 0)
    return [violation('email-claim', keys, `${users.length} users have one e-mail.`)];
  return [violation('email-claim', keys, `The claim is for ${claim.entity.username}.`)];
}

/** Checks that a client_order_id of a user belongs to exactly one order, and that its claim names that order. */
export function checkClientOrder(
  orders: readonly StoredOf<'order'>[],
  claim: StoredOf<'client order claim'> | undefined,
): Violation[] {
  const [order, ...others] = orders;
  const keys = [...orders, ...(claim ? [claim] : [])].map(({ key }) => key);
  const wrong = (text: string) => [violation('client-order', keys, text)];
  if (!order) return claim ? wrong('The claim is for a client_order_id that no order of this user has.') : [];
  if (!claim) return wrong('There is no claim for the client_order_id of this order.');
  if (others.length > 0) return wrong(`${orders.length} orders of one user have one client_order_id.`);
  const { order_id } = claim.entity;
  return order_id === order.entity.order_id ? [] : wrong(`The claim is for ${order_id}.`);
}
