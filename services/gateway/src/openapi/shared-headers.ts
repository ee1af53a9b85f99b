import { z } from 'zod';
import type { OpenApiOperation } from './openapi-document.ts';

const integerHeader = (description: string) => ({ description, schema: { type: 'integer', minimum: 0 } });
const textHeader = (description: string) => ({ description, schema: { type: 'string' } });

/** Response headers that clients may read, by name. A limit of 0 is switched off, and its headers with it. */
export const RESPONSE_HEADERS = {
  'X-Request-ID': textHeader('Names the request in every log; equals `trace_id` of a problem.'),
  'RateLimit-Policy': textHeader('The limit and its window in seconds, such as `"reads";q=1200;w=60`.'),
  RateLimit: textHeader('What is left, and the seconds until all of it is, such as `"reads";r=1199;t=60`.'),
  'X-RateLimit-Limit': integerHeader('Requests that one window allows.'),
  'X-RateLimit-Remaining': integerHeader('Requests that are left.'),
  'X-RateLimit-Reset': integerHeader('Seconds until all requests of the limit are left again.'),
  'Idempotency-Replayed': {
    description:
      'Present when this is the stored answer to an earlier request of the same `Idempotency-Key`.',
    schema: { type: 'string', enum: ['true'] },
  },
  'Content-Disposition': textHeader('The name of the file.'),
  'Retry-After': integerHeader('Seconds to wait before the request is sent again.'),
  'WWW-Authenticate': textHeader('On 401: the scheme to sign in by.'),
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

/** The request header that every route takes. */
export const REQUEST_ID_PARAMETER = {
  name: 'X-Request-ID',
  in: 'header',
  required: false,
  description: 'Your name for this request in logs. A value of another form is replaced by a new one.',
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

/** Adds the headers that the gateway sends with every answer, and those that follow from what the service describes. */
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
