import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { createTrustedProxies } from '@cnop/common/auth/client-address';
import type { PasswordManager } from '@cnop/common/auth/password-manager';
import type { SigningKeys } from '@cnop/common/auth/signing-keys';
import type { TokenIssuer } from '@cnop/common/auth/token-manager';
import { provideDaos } from '@cnop/common/http/dao-dependencies';
import type { ServiceApp, ServiceRuntime } from '@cnop/common/http/service-app';
import { createServiceApp } from '@cnop/common/http/service-app';
import {
  provideAudit,
  provideClock,
  provideIds,
  providePasswords,
  provideSessions,
  provideStore,
  provideTokens,
  provideTrustedProxies,
  provideVerifier,
} from './dependencies.ts';
import { accountRoutes } from './routes/accounts.ts';
import { auditRoutes } from './routes/admin-audit.ts';
import { adminUserRoutes } from './routes/admin-users.ts';
import { balanceRoutes } from './routes/balance.ts';
import { holdingRoutes } from './routes/holdings.ts';
import { keySetRoutes } from './routes/key-set.ts';
import { sessionRoutes } from './routes/sessions.ts';

export interface UserServiceRuntime extends ServiceRuntime {
  readonly passwords: PasswordManager;
  readonly tokens: TokenIssuer;
  /** What everybody else checks tokens with. */
  readonly publicKeys: ReturnType<SigningKeys['publicKeys']>;
  /** Peers whose X-Forwarded-For is believed, as addresses or networks. */
  readonly trustedProxies: readonly string[];
}

/** Builds the user service; it does not listen. */
export async function buildUserServiceApp(runtime: UserServiceRuntime): Promise<ServiceApp> {
  const app = await createServiceApp(runtime, {
    service: 'user-service',
    title: 'User service',
    description: 'Accounts, sessions, profiles, cash balances and portfolios.',
  });
  provideDaos(app, runtime.store);
  provideStore(app, runtime.store);
  provideClock(app, runtime.clock);
  provideIds(app, runtime.ids);
  providePasswords(app, runtime.passwords);
  provideTokens(app, runtime.tokens);
  provideVerifier(app, runtime.verifier);
  provideSessions(app, runtime.sessions);
  provideAudit(app, createAuditLogger(runtime));
  provideTrustedProxies(app, createTrustedProxies(runtime.trustedProxies));
  accountRoutes(app);
  sessionRoutes(app);
  balanceRoutes(app);
  holdingRoutes(app);
  adminUserRoutes(app);
  auditRoutes(app);
  keySetRoutes(app, runtime.publicKeys);
  return app;
}
