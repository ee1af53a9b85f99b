import { z } from 'zod';
import { COOKIE_MODE, MODE_HEADER } from '../public-routes.ts';
import { COOKIE_NAME, SECURE_COOKIE_NAME } from '../web/session-cookie.ts';
import type { OpenApiOperation } from './openapi-document.ts';

/** The differences of a route in cookie mode. */
interface Difference {
  readonly text: string;
  /** Whether the token comes from the cookie instead of the body. */
  readonly readsCookie: boolean;
}

const DIFFERENCES: Readonly<Record<string, Difference>> = {
  '/auth/login': {
    text: 'the refresh token is stored in a cookie that no script can read, and is not in the response.',
    readsCookie: false,
  },
  '/auth/refresh': {
    text: 'the refresh token comes from the cookie, and the next one is stored there. A body is ignored.',
    readsCookie: true,
  },
  '/auth/password': {
    text: 'the new refresh token is stored in the cookie, and is not in the response.',
    readsCookie: false,
  },
  '/auth/logout': { text: 'the cookie is deleted as well.', readsCookie: false },
};

const MODE_PARAMETER = {
  name: MODE_HEADER,
  in: 'header',
  required: false,
  description: 'For browsers: `cookie` keeps the refresh token in a cookie. Any other value has no effect.',
  schema: { type: 'string', enum: [COOKIE_MODE.sessionMode] },
};
const COOKIE_PARAMETER = {
  name: COOKIE_NAME,
  in: 'cookie',
  required: false,
  description: `The refresh token in cookie mode; over TLS its name is \`${SECURE_COOKIE_NAME}\`.`,
  schema: { type: 'string' },
};
const SET_COOKIE = {
  description: `In cookie mode: sets or deletes \`${COOKIE_NAME}\`, over TLS \`${SECURE_COOKIE_NAME}\`.`,
  schema: { type: 'string' },
};

const describedSchema = z.looseObject({
  description: z.string().optional(),
  parameters: z.array(z.unknown()).default([]),
  requestBody: z.looseObject({}).optional(),
  responses: z.looseObject({
    200: z.looseObject({ content: z.unknown(), headers: z.looseObject({}).default({}) }),
  }),
});
const tokenContentSchema = z.looseObject({
  'application/json': z.looseObject({
    schema: z.looseObject({
      properties: z.looseObject({ refresh_token: z.unknown() }),
      required: z.array(z.string()),
    }),
  }),
});

/**
 * Adds cookie mode to the description of a session route, since services are unaware of cookies. Other operations are
 * returned unchanged.
 * @param path the path in the route table
 */
export function withCookieMode(operation: OpenApiOperation, path: string): OpenApiOperation {
  const difference = DIFFERENCES[path];
  const described = describedSchema.safeParse(operation).data;
  if (!difference || !described) return operation;
  const { readsCookie, text } = difference;
  const { description, parameters, requestBody, responses } = described;
  const answer = responses[200];
  const note = `With \`X-Session-Mode: cookie\`, which only same-origin requests may send, ${text}`;
  return {
    ...operation,
    description: description === undefined ? note : `${description}\n\n${note}`,
    parameters: [...parameters, MODE_PARAMETER, ...(readsCookie ? [COOKIE_PARAMETER] : [])],
    ...(requestBody && { requestBody: readsCookie ? { ...requestBody, required: false } : requestBody }),
    responses: {
      ...responses,
      200: {
        ...answer,
        headers: { ...answer.headers, 'Set-Cookie': SET_COOKIE },
        content: withoutToken(answer.content),
      },
    },
  };
}

/** Returns content whose refresh token may be absent. */
function withoutToken(content: unknown): unknown {
  const parsed = tokenContentSchema.safeParse(content).data;
  if (!parsed) return content;
  const json = parsed['application/json'];
  const { properties, required, ...rest } = json.schema;
  const { refresh_token: _token, ...others } = properties;
  const cookieAnswer = { ...rest, properties: others, required: required.filter((name) => name in others) };
  return { ...parsed, 'application/json': { ...json, schema: { anyOf: [json.schema, cookieAnswer] } } };
}
