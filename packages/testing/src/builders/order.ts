import type { Order, OrderIn } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderCreate, OrderDocument, OrderStatus } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import type { z } from 'zod';
import { BUILT_ASSET_ID, BUILT_AT, BUILT_TIMES, BUILT_USERNAME } from './defaults.ts';

/** Any members of a document, as plain strings. */
type DocumentInput = Partial<z.input<typeof orderDocumentSchema>>;

const EXPIRES_AT = '2026-02-14T12:00:00.000Z';
const BUILT_QUOTE = {
  asset_id: BUILT_ASSET_ID,
  bid: '49999',
  ask: '50001',
  mid: '50000',
  at: BUILT_AT,
  source: 'manual',
  seq: 1,
} as const;

/** What an order of each type asks for. */
const CONDITIONS: Readonly<Record<OrderDocument['order_type'], DocumentInput>> = {
  market_buy: {},
  market_sell: {},
  limit_buy: { price: '40000', expires_at: EXPIRES_AT },
  limit_sell: { price: '60000', expires_at: EXPIRES_AT },
  stop_loss: { stop_price: '40000', expires_at: EXPIRES_AT },
  take_profit: { stop_price: '60000', expires_at: EXPIRES_AT },
  trailing_stop: { trail_amount: '500', expires_at: EXPIRES_AT },
};

/** Builds an order as it is stored and sent: an accepted market buy that is not filled yet. */
export function anOrderDocument(overrides: DocumentInput = {}): OrderDocument {
  const { status = 'pending', order_type = 'market_buy' } = overrides;
  const document = {
    order_id: '01990000-0000-7000-8000-000000000001',
    username: BUILT_USERNAME,
    asset_id: BUILT_ASSET_ID,
    quantity: '0.5',
    ...BUILT_TIMES,
    history: [{ status, at: BUILT_AT, reason: null }],
    ...(overrides.trail_percent ? { expires_at: EXPIRES_AT } : CONDITIONS[order_type]),
  };
  return orderDocumentSchema.parse({
    ...document,
    ...membersOf({ status, order_type }),
    order_type,
    ...overrides,
  });
}

/** Returns the members that the status of an order adds. Market orders were never open. */
function membersOf({ status, order_type }: Pick<OrderDocument, 'status' | 'order_type'>): DocumentInput {
  const [isMarket, isLimit] = ['market', 'limit'].map((name) => order_type.startsWith(name));
  const accepted_quote = isMarket ? null : BUILT_QUOTE;
  const total_amount = isLimit ? '20000.00' : null;
  switch (status) {
    case 'pending':
    case 'confirmed':
      return {};
    case 'queued':
      return { accepted_quote, total_amount, held_amount: sideOf(order_type) === 'buy' ? '20000.00' : '0.5' };
    case 'cancelled':
      return { accepted_quote, total_amount, cancelled_at: BUILT_AT };
    case 'expired':
    case 'failed':
      return { accepted_quote, total_amount };
    case 'processing':
      return { accepted_quote, ...(!isMarket && { trigger_quote: BUILT_QUOTE, trigger_price: '40000' }) };
    case 'completed':
      return {
        accepted_quote,
        ...(!isMarket && { trigger_quote: BUILT_QUOTE, trigger_price: '40000' }),
        ...(!isLimit && { price: '40000' }),
        total_amount: '20000.00',
        executed_price: '40000',
        executed_at: BUILT_AT,
      };
  }
}

/** Builds an order of any type in a status. */
export function anOrder<Status extends OrderStatus>(
  status: Status,
  overrides: DocumentInput = {},
): OrderIn<Status> {
  const order = orderOf(anOrderDocument({ ...overrides, status }));
  if (isIn(order, status)) return order;
  throw new Error(`the order is ${order.status}`);
}

function isIn<Status extends OrderStatus>(order: Order, status: Status): order is OrderIn<Status> {
  return order.status === status;
}

/** Builds the request of a market buy. */
export function anOrderCreate(overrides: Partial<OrderCreate> = {}): OrderCreate {
  return { asset_id: BUILT_ASSET_ID, order_type: 'market_buy', quantity: '0.5', ...overrides };
}
