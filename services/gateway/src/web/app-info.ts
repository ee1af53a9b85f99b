import type { FastifyInstance } from 'fastify';
import { API_PREFIX } from '../route-table.ts';

export interface AppInfoOptions {
  readonly version: string;
  readonly isProduction: boolean;
  /** Whether the web app may offer an account with play money. */
  readonly offersDemoAccounts: boolean;
}

/** Tells the web app what kind of installation it runs against. */
export function serveAppInfo(app: FastifyInstance, options: AppInfoOptions): void {
  const answer = {
    data: {
      mode: options.isProduction ? 'production' : 'development',
      version: options.version,
      demo_accounts: options.offersDemoAccounts,
    },
  };
  app.get(`${API_PREFIX}/app-info`, (_request, reply) => reply.send(answer));
}
