import { z } from 'zod';
import type { OpenApiOperation } from './openapi-document.ts';

const integerHeader = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });
const textHeader = (description: string) => ({ description, schema: { type: 'string' } });

/** Response headers for clients, by name. Without a rate limit its headers are absent. */
export const RESPONSE_HEADERS = {
  'X-Request-ID': textHeader('The id of the request in all logs; equals `trace_id` of a problem.'),
  'RateLimit-Policy': textHeader('The limit and its window in seconds, such as `"reads";q=1200;w=60`.'),
  RateLimit: textHeader('Remaining requests, and seconds until the reset, such as `"reads";r=1199;t=60`.'),
  'X-RateLimit-Limit': integerHeader('Requests allowed in one window.'),
  'X-RateLimit-Remaining': integerHeader('Remaining requests.'),
  'X-RateLimit-Reset': integerHeader('Seconds until the limit is reset.'),
  'Idempotency-Replayed': {
    description:
      'Present when this is the stored response to an earlier request with the same `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Content-Disposition': textHeader('The name of the file.'),
  'Retry-After': integerHeader('Seconds to wait before a retry.'),
  'WWW-Authenticate': textHeader('On 401: the authentication scheme.'),
};

type HeaderName = keyof typeof RESPONSE_HEADERS;

const EVERY_RESPONSE = [
  'X-Request-ID',
  'RateLimit-Policy',
  'RateLimit',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
] as const satisfies readonly HeaderName[];

/** The headers of a problem response. */
export const PROBLEM_HEADERS = referencesTo([...EVERY_RESPONSE, 'Retry-After', 'WWW-Authenticate']);

/** A request header of every route. */
export const REQUEST_ID_PARAMETER = {
  name: 'X-Request-ID',
  in: 'header',
  required: false,
  description: 'Your id for this request in logs. A value of another form is replaced by a new one.',
  schema: { type: 'string', pattern: '^[\\w.-]{1,64}$' },
};

const responseSchema = z.looseObject({
  headers: z.looseObject({}).optional(),
  content: z.looseObject({}).optional(),
});
const describedSchema = z.looseObject({
  parameters: z.array(z.looseObject({ name: z.string().optional() })).default([]),
  responses: z.record(z.string(), responseSchema).default({}),
});

/** Adds the headers that the gateway sends with every response, and those that follow from the operation itself. */
export function withSharedHeaders(operation: OpenApiOperation): OpenApiOperation {
  const { parameters, responses } = describedSchema.parse(operation);
  const isReplayable = parameters.some(({ name }) => name === 'Idempotency-Key');
  const described = Object.entries(responses).map(([status, response]) => {
    const names: HeaderName[] = [...EVERY_RESPONSE];
    if (isReplayable) names.push('Idempotency-Replayed');
    if (response.content && 'text/csv' in response.content) names.push('Content-Disposition');
    return [status, { ...response, headers: { ...referencesTo(names), ...response.headers } }];
  });
  return {
    ...operation,
    parameters: [...parameters, { $ref: '#/components/parameters/RequestId' }],
    responses: Object.fromEntries(described) as OpenApiOperation['responses'],
  };
}

function referencesTo(names: readonly HeaderName[]): Readonly<Record<string, { readonly $ref: string }>> {
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
