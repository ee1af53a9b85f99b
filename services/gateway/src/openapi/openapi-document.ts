import { z } from 'zod';

/** The members of an OpenAPI 3.1 operation that merging reads; all others pass through. */
const operationSchema = z.looseObject({
  operationId: z.string().optional(),
  responses: z.record(z.string(), z.unknown()).optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).optional(),
  tags: z.array(z.string()).optional(),
});

const componentsSchema = z.record(z.string(), z.record(z.string(), z.unknown()));

export const openApiDocumentSchema = z.looseObject({
  openapi: z.string().startsWith('3.1'),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  paths: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
  components: componentsSchema.default({}),
});
export type OpenApiDocument = z.infer<typeof openApiDocumentSchema>;

export const openApiOperationSchema = operationSchema;
export type OpenApiOperation = z.infer<typeof operationSchema>;
