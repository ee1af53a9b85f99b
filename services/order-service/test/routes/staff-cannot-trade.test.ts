import type { Username } from '@cnop/common/core/brands';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import type { UserRole } from '@cnop/common/entities/user/user';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';

const FIRST_PAGE = { limit: 100, offset: 0, after: undefined };
const BUY = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' };
const LIMIT_BUY = { asset_id: 'BTC', order_type: 'limit_buy', quantity: '0.001', price: '10' };
const STAFF: readonly UserRole[] = ['admin', 'moderator'];

let service: OrderServiceUnderTest;
beforeAll(async () => {
  service = await startOrderService();
});
afterAll(() => service.dispose());

async function post(url: string, headers: Record<string, string>, body: object) {
  return service.app.inject({ method: 'POST', url, headers, payload: body });
}

async function funded(username: Username, role: UserRole) {
  await service.runtime.fund(username, '1000');
  return service.runtime.signIn(username, role);
}

describe.each(STAFF)('an account with the role %s', (role) => {
  it.each([BUY, LIMIT_BUY, { asset_id: 'BTC', order_type: 'market_sell', quantity: 'max' }])(
    'places no order: $order_type',
    async (order) => {
      const username = aUsername(`${role}_${order.order_type}`);
      const headers = await funded(username, role);
      const answer = await post('/orders', headers, order);
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({
        code: 'AUTH_002',
        detail: expect.stringContaining('staff role') as string,
      });
      const orders = await createOrderDao(service.runtime.store).getOrdersByUser(username, FIRST_PAGE);
      expect(orders.items).toEqual([]);
    },
  );

  it('is refused by the preview', async () => {
    const headers = await funded(aUsername(`${role}_preview`), role);
    const answer = await post('/orders/preview', headers, BUY);
    expect(answer.statusCode).toBe(200);
    const { data } = answer.json<{ data: OrderPreview }>();
    expect(data.would_be).toBe('refused');
    expect(data.reasons).toEqual([
      { code: 'AUTH_002', field: null, message: expect.stringContaining('staff role') as string },
    ]);
  });

  it('can cancel an order from before it had the role', async () => {
    const username = aUsername(`${role}_before`);
    const placed = await post('/orders', await funded(username, 'customer'), LIMIT_BUY);
    expect(placed.statusCode).toBe(201);
    const { order_id } = placed.json<{ data: { order_id: string } }>().data;
    const headers = await service.runtime.signIn(username, role);
    expect((await post(`/orders/${order_id}/cancel`, headers, {})).statusCode).toBe(200);
  });
});
