import { serveOpenApi } from '@cnop/common/http/openapi';
import { useZodSchemas } from '@cnop/common/http/validation';
import { createFakeClock } from '@cnop/testing/fake-clock';
import Fastify from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mergeDocuments } from '../../src/openapi/merged-document.ts';
import { openApiDocumentSchema } from '../../src/openapi/openapi-document.ts';
import { createInProcessUpstream } from '../../src/upstreams/in-process-upstream.ts';
import type { UpstreamName } from '../../src/upstreams/upstream.ts';
import { openGateway } from '../harness.ts';

function documentOf(paths: object, components: object = {}) {
  return openApiDocumentSchema.parse({
    openapi: '3.1.0',
    info: { title: 't', version: '1' },
    paths,
    components,
  });
}

const ok = (schema: object) => ({
  responses: { 200: { description: 'ok', content: { 'application/json': { schema } } } },
});

function merge(documents: Partial<Record<UpstreamName, ReturnType<typeof documentOf>>>) {
  return mergeDocuments(
    new Map(Object.entries(documents) as [UpstreamName, ReturnType<typeof documentOf>][]),
    '1.2.3',
  );
}

describe('the merged document', () => {
  it('has the routes of the table under their public paths, the gateway’s own, and no others', () => {
    const merged = merge({
      user: documentOf({
        '/balance': { get: ok({}), delete: ok({}) },
        '/internal/debug': { get: ok({}) },
        '/orders': { get: ok({}) },
      }),
      order: documentOf({ '/orders': { get: ok({}), post: ok({}) }, '/orders/{order_id}': { get: ok({}) } }),
    });
    expect(Object.entries(merged.paths).map(([path, operations]) => [path, Object.keys(operations)])).toEqual(
      [
        ['/api/v1/balance', ['get']],
        ['/api/v1/orders', ['post', 'get']],
        ['/api/v1/orders/{order_id}', ['get']],
        ['/api/v1/app-info', ['get']],
      ],
    );
    expect(merged).toMatchObject({ openapi: '3.1.0', info: { version: '1.2.3' }, servers: [{ url: '/' }] });
  });

  it('gives each operation a unique id, the error response and the required security', () => {
    const merged = merge({
      user: documentOf({
        '/balance': { get: { ...ok({}), operationId: 'read' } },
        '/auth/login': { post: ok({}) },
      }),
      order: documentOf({
        '/orders': { get: { ...ok({}), operationId: 'read' } },
        '/orders/{id}/cancel': { post: { ...ok({}), security: [] } },
      }),
    });
    const operations = Object.values(merged.paths).flatMap((path) => Object.values(path));
    expect(operations).toMatchObject([
      { operationId: 'postAuthLogin', security: [] },
      { operationId: 'read', security: [{ bearer: [] }] },
      { operationId: 'read2', security: [{ bearer: [] }] },
      { operationId: 'postOrdersByIdCancel', security: [{ bearer: [] }] },
      { operationId: 'getAppInfo', security: [] },
    ]);
    for (const operation of operations) {
      expect(operation).toMatchObject({
        responses: {
          200: { description: expect.any(String) as string },
          default: { $ref: '#/components/responses/Problem' },
        },
      });
    }
    expect(merged.components).toMatchObject({
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
      responses: { Problem: { content: { 'application/problem+json': {} } } },
    });
  });

  it('renames schemas of the same name, unless they are equal', () => {
    const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` });
    const page = (item: string) => ({ type: 'object', properties: { data: reference(item) } });
    const merged = merge({
      user: documentOf(
        { '/balance': { get: ok(reference('Page')) } },
        { schemas: { Page: page('Item'), Item: { type: 'string' }, Money: { type: 'string' } } },
      ),
      order: documentOf(
        { '/orders': { get: ok(reference('Page')) } },
        { schemas: { Page: page('Item'), Item: { type: 'number' }, Money: { type: 'string' } } },
      ),
    });
    expect(merged.components['schemas']).toMatchObject({
      Page: page('Item'),
      Item: { type: 'string' },
      Money: { type: 'string' },
      order_Page: page('order_Item'),
      order_Item: { type: 'number' },
    });
    expect(merged.components['schemas']).not.toHaveProperty('order_Money');
    expect(merged.paths['/api/v1/orders']?.['get']).toMatchObject(ok(reference('order_Page')));
    expect(merged.paths['/api/v1/balance']?.['get']).toMatchObject(ok(reference('Page')));
  });

  it('is made from the documents of the services, which are read again after a minute', async () => {
    const clock = createFakeClock();
    let readings = 0;
    const upstreams = Object.fromEntries(
      await Promise.all(
        (['user', 'order', 'inventory'] as const).map(async (name) => {
          const service = Fastify();
          useZodSchemas(service);
          await serveOpenApi(service, { title: name, description: name, version: '1' });
          service.addHook('onResponse', (_request, _reply, done) => {
            readings++;
            done();
          });
          if (name === 'user') {
            service.get(
              '/balance',
              { schema: { response: { 200: z.object({ total: z.string() }) } } },
              () => ({
                total: '1.00',
              }),
            );
          }
          return [name, createInProcessUpstream(service)] as const;
        }),
      ),
    );
    const gateway = await openGateway({ clock, upstreams });
    const first = await gateway.app.inject('/openapi.json');
    expect(first.statusCode).toBe(200);
    expect(first.headers['content-type']).toBe('application/json; charset=utf-8');
    expect(first.json()).toMatchObject({
      paths: {
        '/api/v1/balance': {
          get: {
            responses: {
              200: {
                content: { 'application/json': { schema: { properties: { total: { type: 'string' } } } } },
              },
            },
          },
        },
      },
    });
    await gateway.app.inject('/openapi.json');
    expect(readings).toBe(3);
    clock.advanceSeconds(60);
    await gateway.app.inject('/openapi.json');
    expect(readings).toBe(6);
    await gateway.close();
  });

  it('is a 502 while the document of a service cannot be read', async () => {
    const gateway = await openGateway({ shape: 'over HTTP' });
    const answer = await gateway.app.inject('/openapi.json');
    expect(answer.statusCode).toBe(502);
    expect(answer.json()).toMatchObject({ code: 'SVC_002' });
    await gateway.close();
  });
});
