import { z } from 'zod';
import { appInfoSchema } from '../web/app-info.ts';
import type { OpenApiOperation } from './openapi-document.ts';

const { $schema: _dialect, ...schema } = z.toJSONSchema(appInfoSchema);

/** The only API route that the gateway serves itself. */
export const APP_INFO_ROUTE = { method: 'GET', path: '/app-info', access: 'public' } as const;

export const APP_INFO_OPERATION: OpenApiOperation = {
  operationId: 'getAppInfo',
  tags: ['app'],
  summary: 'Read the mode and features of this installation',
  responses: {
    200: {
      description: 'The mode and features of this installation.',
      content: { 'application/json': { schema } },
    },
  },
};
