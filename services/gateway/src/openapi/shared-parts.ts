import { ERROR_CODES } from '@cnop/exception/error-codes';
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

const FIELD_ERROR_SCHEMA = {
  type: 'object',
  required: ['field', 'message', 'code'],
  properties: {
    field: { type: 'string', description: 'The name of the field.' },
    pointer: { type: 'string', description: 'Its position in the body (RFC 6901).' },
    parameter: {
      type: 'string',
      description: 'The path or query parameter, instead of `pointer`.',
    },
    header: { type: 'string', description: 'The header, instead of `pointer`.' },
    message: { type: 'string' },
    code: { type: 'string' },
  },
};

/** The body of every error response (RFC 9457), as the exception package writes it. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code', 'trace_id', 'timestamp', 'retryable'],
  properties: {
    type: { type: 'string', description: 'Address of the page that explains the code.' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERROR_CODES) },
    trace_id: { type: 'string' },
    timestamp: { type: 'string', format: 'date-time' },
    retryable: { type: 'boolean' },
    errors: { type: 'array', items: FIELD_ERROR_SCHEMA },
  },
  additionalProperties: true,
};

/** A reference to the error response, for every operation. */
export const PROBLEM_REFERENCE = { $ref: '#/components/responses/Problem' };

export const PROBLEM_RESPONSE = {
  description: 'The request failed; `code` says why.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};
