import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mergeDocuments } from '../../src/openapi/merged-document.ts';
import type { OpenApiDocument } from '../../src/openapi/openapi-document.ts';
import { openApiDocumentSchema } from '../../src/openapi/openapi-document.ts';
import { openGateway } from '../harness.ts';
import type { Sessions } from '../web/sessions-under-test.ts';
import { openSessions } from '../web/sessions-under-test.ts';

const objectSchema = z.looseObject({ properties: z.looseObject({}), required: z.array(z.string()) });
const answerSchema = z.looseObject({
  headers: z.looseObject({}).optional(),
  content: z.looseObject({
    'application/json': z.looseObject({
      schema: z.union([objectSchema, z.looseObject({ anyOf: z.array(objectSchema) })]),
    }),
  }),
});
const operationSchema = z.looseObject({
  description: z.string().optional(),
  parameters: z
    .array(
      z.union([
        z.looseObject({ name: z.string(), in: z.string(), required: z.boolean() }),
        z.strictObject({ $ref: z.string() }),
      ]),
    )
    .default([]),
  requestBody: z.looseObject({ required: z.boolean().optional() }).optional(),
  responses: z.looseObject({ 200: answerSchema }),
});

let merged: OpenApiDocument;
let sessions: Sessions;

beforeAll(async () => {
  sessions = await openSessions('in process');
  await sessions.addUser(aUsername('reader'));
  const document = openApiDocumentSchema.parse((await sessions.service.inject('/openapi.json')).json());
  merged = mergeDocuments(new Map([['user', document]]), '1.2.3');
});
afterAll(() => sessions.close());

const operation = (method: string, path: string) =>
  operationSchema.parse(merged.paths[`/api/v1${path}`]?.[method]);

/** Returns the members of a route's response, one list for each of its forms. */
function documentedMembers(path: string): string[][] {
  const { schema } = operation('post', path).responses[200].content['application/json'];
  const forms =
    'anyOf' in schema ? z.array(objectSchema).parse(schema['anyOf']) : [objectSchema.parse(schema)];
  return forms.map(({ properties, required }) => {
    expect(Object.keys(properties).toSorted()).toEqual(required.toSorted());
    return required.toSorted();
  });
}

describe('the document of what the gateway adds', () => {
  it('describes the response of /app-info', async () => {
    const gateway = await openGateway();
    const answer = (await gateway.app.inject('/api/v1/app-info')).json<{ data: object }>();
    const { schema } = operation('get', '/app-info').responses[200].content['application/json'];
    const { data } = z.looseObject({ data: objectSchema }).parse(objectSchema.parse(schema).properties);
    expect(data.required.toSorted()).toEqual(Object.keys(answer.data).toSorted());
    expect(merged.paths['/api/v1/app-info']).toMatchObject({ get: { security: [] } });
    await gateway.close();
  });

  it('describes the responses of signing in and renewing, in plain and in cookie mode', async () => {
    const plain = { 'x-session-mode': undefined };
    const inCookie = await sessions.logIn('reader');
    const open = await sessions.logIn('reader', { headers: plain });
    expect(documentedMembers('/auth/login')).toEqual(
      [open, inCookie].map((answer) => Object.keys(answer.body).toSorted()),
    );
    const renewed = await sessions.refresh(inCookie.cookie);
    const renewedOpenly = await sessions.post('/auth/refresh', {
      body: { refresh_token: open.body['refresh_token'] },
      headers: plain,
    });
    expect(documentedMembers('/auth/refresh')).toEqual(
      [renewedOpenly, renewed].map((answer) => Object.keys(answer.body).toSorted()),
    );
    const [name] = inCookie.cookie.split('=');
    expect(operation('post', '/auth/refresh').parameters).toContainEqual(
      expect.objectContaining({ name, in: 'cookie', required: false }),
    );
  });

  it.each(['/auth/login', '/auth/refresh', '/auth/password', '/auth/logout'])(
    'describes the cookie mode of %s',
    (path) => {
      const { description, parameters, responses } = operation('post', path);
      expect(description).toContain('X-Session-Mode: cookie');
      expect(parameters).toContainEqual(
        expect.objectContaining({
          name: 'x-session-mode',
          in: 'header',
          required: false,
          schema: { type: 'string', enum: ['cookie'] },
        }),
      );
      expect(responses[200].headers).toHaveProperty('Set-Cookie');
    },
  );

  it('requires no body to renew from a cookie', () => {
    expect(operation('post', '/auth/refresh').requestBody).toMatchObject({ required: false });
    expect(operation('post', '/auth/login').requestBody).toMatchObject({ required: true });
  });

  it('describes no other cookie mode', () => {
    const others = Object.entries(merged.paths).filter(
      ([path]) => !/auth\/(login|refresh|password|logout)$/.test(path),
    );
    expect(JSON.stringify(others)).not.toMatch(/x-session-mode|cnop_refresh/i);
  });
});
