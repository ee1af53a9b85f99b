import { z } from 'zod';
import { appInfoSchema } from '../web/app-info.ts';
import type { OpenApiOperation } from './openapi-document.ts';

const { $schema: _dialect, ...schema } = z.toJSONSchema(appInfoSchema);

/** The one route below the prefix that the gateway answers by itself. */
export const APP_INFO_ROUTE = { method: 'GET', path: '/app-info', access: 'public' } as const;

export const APP_INFO_OPERATION: OpenApiOperation = {
  operationId: 'getAppInfo',
  tags: ['app'],
  summary: 'Read what kind of installation this is',
  responses: {
    200: { description: 'What the web app asks first.', content: { 'application/json': { schema } } },
  },
};
