import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OrderServiceUnderTest } from '../order-service-under-test.ts';
import { startOrderService } from '../order-service-under-test.ts';

interface Documented {
  readonly description?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Documented>>;
}
interface Content {
  readonly content: Readonly<Record<string, { readonly schema: Documented }>>;
}
interface Operation {
  readonly summary?: string;
  readonly security?: readonly unknown[];
  readonly parameters?: readonly (Documented & { readonly name: string })[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, { readonly description?: string } & Partial<Content>>>;
}

let service: OrderServiceUnderTest;
let paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
beforeAll(async () => {
  service = await startOrderService();
  const response = await service.app.inject({ method: 'GET', url: '/openapi.json' });
  ({ paths } = response.json<{ paths: typeof paths }>());
});
afterAll(() => service.dispose());

const ROUTES = [
  'delete /orders/{id}',
  'delete /recurring-buys/{id}',
  'get /admin/orders/{id}',
  'get /admin/refunds',
  'get /admin/users/{username}/orders',
  'get /assets/{asset_id}/transactions',
  'get /orders',
  'get /orders/export',
  'get /orders/{id}',
  'get /orders/{id}/explain',
  'get /recurring-buys',
  'get /recurring-buys/{id}',
  'get /trades',
  'get /trades/export',
  'patch /recurring-buys/{id}',
  'post /admin/orders/{id}/refund',
  'post /admin/orders/{id}/refund/approve',
  'post /admin/orders/{id}/refund/preview',
  'post /admin/orders/{id}/refund/reject',
  'post /orders',
  'post /orders/preview',
  'post /orders/{id}/cancel',
  'post /recurring-buys',
];

describe('the OpenAPI document', () => {
  it('documents every route', () => {
    const routes = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );
    expect(
      routes.filter((route) => /orders|assets|trades|refunds|recurring-buys/.test(route)).toSorted(),
    ).toEqual(ROUTES);
  });

  it.each(ROUTES)('describes purpose, security and responses of %s', (route) => {
    const [method = '', path = ''] = route.split(' ');
    const operation = paths[path]?.[method];
    expect(operation?.summary).toMatch(/^[A-Z]/);
    expect(operation?.security).toEqual([{ bearer: [] }]);
    for (const [status, { description, content }] of Object.entries(operation?.responses ?? {})) {
      expect(description).toMatch(/\.$/);
      if (status === '204') continue;
      const isTable = content?.['text/csv'] !== undefined;
      const members = Object.keys(content?.['application/json']?.schema.properties ?? {});
      expect(isTable || members.includes('data')).toBe(true);
    }
  });

  it.each(['/orders', '/orders/preview'])('describes every field of the body of POST %s', (path) => {
    const { properties = {} } = paths[path]?.['post']?.requestBody?.content['application/json']?.schema ?? {};
    expect(Object.keys(properties)).toHaveLength(11);
    const silent = Object.entries(properties).filter(([, field]) => !field.description && !field.enum);
    expect(silent.map(([name]) => name)).toEqual([]);
  });
});
