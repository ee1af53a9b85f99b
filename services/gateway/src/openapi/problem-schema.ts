import { ERROR_CODES } from '@cnop/exception/error-codes';

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
