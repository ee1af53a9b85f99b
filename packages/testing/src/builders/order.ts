import type { Order, OrderCreate } from '@cnop/common/entities/order/order';
import { orderSchema } from '@cnop/common/entities/order/order';
import { BUILT_ASSET_ID, BUILT_AT, BUILT_TIMES, BUILT_USERNAME } from './defaults.ts';

/** Builds an accepted market buy that is not filled yet. */
export function anOrder(overrides: Partial<Order> = {}): Order {
  const status = overrides.status ?? 'pending';
  return orderSchema.parse({
    order_id: '01990000-0000-7000-8000-000000000001',
    username: BUILT_USERNAME,
    asset_id: BUILT_ASSET_ID,
    order_type: 'market_buy',
    status,
    quantity: '0.5',
    price: '40000',
    total_amount: '20000.00',
    ...BUILT_TIMES,
    history: [{ status, at: BUILT_AT, reason: null }],
    ...overrides,
  });
}

/** Builds the request of `anOrder`. */
export function anOrderCreate(overrides: Partial<OrderCreate> = {}): OrderCreate {
  return { asset_id: BUILT_ASSET_ID, order_type: 'market_buy', quantity: '0.5', ...overrides };
}
