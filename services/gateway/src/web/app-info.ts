import type { PlayMoney } from '@cnop/common/config/play-money-settings';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { API_PREFIX } from '../route-table.ts';

export const APP_INFO_PATH = `${API_PREFIX}/app-info`;

export const appInfoSchema = z.object({
  data: z.object({
    mode: z.enum(['production', 'development']),
    version: z.string(),
    demo_accounts: z.boolean().describe('Whether the web app offers demo accounts with play money.'),
    free_deposits: z.boolean().describe('Whether users can deposit play money without paying.'),
  }),
});

export interface AppInfoOptions {
  readonly version: string;
  readonly isProduction: boolean;
  readonly playMoney: PlayMoney;
}

/** Serves what the web app needs to know about its installation. */
export function serveAppInfo(app: FastifyInstance, options: AppInfoOptions): void {
  const response: z.output<typeof appInfoSchema> = {
    data: {
      mode: options.isProduction ? 'production' : 'development',
      version: options.version,
      demo_accounts: options.playMoney.demoAccounts,
      free_deposits: options.playMoney.freeDeposits,
    },
  };
  app.get(
    APP_INFO_PATH,
    { schema: { querystring: z.strictObject({}), response: { 200: appInfoSchema } } },
    (_request, reply) => reply.send(response),
  );
}
