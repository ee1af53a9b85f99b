import type { UserRole } from '@cnop/common/entities/user/user';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method, UserServiceUnderTest } from '../user-service-under-test.ts';
import { startUserService } from '../user-service-under-test.ts';

const ALL_CALLERS = ['anonymous', 'customer', 'moderator', 'admin'] as const;
type Caller = (typeof ALL_CALLERS)[number];
const SIGNED_IN: readonly Caller[] = ['customer', 'moderator', 'admin'];
const READERS: readonly Caller[] = ['moderator', 'admin'];
const ADMINS: readonly Caller[] = ['admin'];

/** Every route of the service, and its allowed callers. */
const ROUTES: readonly (readonly [Method, string, readonly Caller[]])[] = [
  ['POST', '/auth/register', ALL_CALLERS],
  ['POST', '/auth/login', ALL_CALLERS],
  ['POST', '/auth/refresh', ALL_CALLERS],
  ['POST', '/auth/logout', SIGNED_IN],
  ['GET', '/auth/sessions', SIGNED_IN],
  ['DELETE', '/auth/sessions', SIGNED_IN],
  ['DELETE', '/auth/sessions/{id}', SIGNED_IN],
  ['GET', '/auth/profile', SIGNED_IN],
  ['PUT', '/auth/profile', SIGNED_IN],
  ['POST', '/auth/password', SIGNED_IN],
  ['GET', '/balance', SIGNED_IN],
  ['POST', '/balance/deposit', SIGNED_IN],
  ['POST', '/balance/withdraw', SIGNED_IN],
  ['GET', '/balance/wallets', SIGNED_IN],
  ['GET', '/conversions', SIGNED_IN],
  ['POST', '/conversions', SIGNED_IN],
  ['POST', '/conversions/preview', SIGNED_IN],
  ['POST', '/transfers', SIGNED_IN],
  ['POST', '/transfers/preview', SIGNED_IN],
  ['POST', '/transfers/units', SIGNED_IN],
  ['POST', '/transfers/units/preview', SIGNED_IN],
  ['GET', '/transfers/limits', SIGNED_IN],
  ['GET', '/staking', SIGNED_IN],
  ['GET', '/staking/{asset_id}/history', SIGNED_IN],
  ['POST', '/staking/stake', SIGNED_IN],
  ['POST', '/staking/stake/preview', SIGNED_IN],
  ['POST', '/staking/unstake', SIGNED_IN],
  ['POST', '/staking/unstake/preview', SIGNED_IN],
  ['PUT', '/admin/staking/{asset_id}', ADMINS],
  ['GET', '/balance/transactions/{id}', SIGNED_IN],
  ['GET', '/funding/payments', SIGNED_IN],
  ['GET', '/funding/payments/{id}', SIGNED_IN],
  ['POST', '/funding/payments/{id}/cancel', SIGNED_IN],
  ['GET', '/funding/limits', SIGNED_IN],
  ['POST', '/funding/events', ALL_CALLERS],
  ['GET', '/balance/transactions', SIGNED_IN],
  ['GET', '/balance/transactions/export', SIGNED_IN],
  ['GET', '/balance/asset/{asset_id}', SIGNED_IN],
  ['GET', '/balance/assets', SIGNED_IN],
  ['GET', '/portfolio', SIGNED_IN],
  ['GET', '/portfolio/history', SIGNED_IN],
  ['GET', '/portfolio/performance', SIGNED_IN],
  ['GET', '/tax/lots', SIGNED_IN],
  ['GET', '/tax/{year}', SIGNED_IN],
  ['GET', '/tax/{year}/export', SIGNED_IN],
  ['GET', '/tax/{year}/method', SIGNED_IN],
  ['PUT', '/tax/{year}/method', SIGNED_IN],
  ['GET', '/portfolio/insights', SIGNED_IN],
  ['GET', '/portfolio/target-allocation', SIGNED_IN],
  ['PUT', '/portfolio/target-allocation', SIGNED_IN],
  ['DELETE', '/portfolio/target-allocation', SIGNED_IN],
  ['GET', '/statements', SIGNED_IN],
  ['GET', '/statements/{month}', SIGNED_IN],
  ['GET', '/statements/{month}/export', SIGNED_IN],
  ['GET', '/events', SIGNED_IN],
  ['GET', '/stream', SIGNED_IN],
  ['GET', '/admin/users', READERS],
  ['GET', '/admin/users/{username}', READERS],
  ['GET', '/admin/users/{username}/portfolio', READERS],
  ['GET', '/admin/users/{username}/transactions', READERS],
  ['PATCH', '/admin/users/{username}', ADMINS],
  ['POST', '/admin/users/{username}/adjustments', ADMINS],
  ['PUT', '/admin/users/{username}/transfer-freeze', ADMINS],
  ['PUT', '/admin/users/{username}/tier', ADMINS],
  ['GET', '/admin/funding/payments', READERS],
  ['POST', '/admin/funding/payments/{username}/{id}/approve', ADMINS],
  ['POST', '/admin/funding/payments/{username}/{id}/reject', ADMINS],
  ['GET', '/admin/audit-events', ADMINS],
  ['GET', '/analytics/me', SIGNED_IN],
  ['GET', '/analytics/assets/{asset_id}', SIGNED_IN],
  ['GET', '/admin/analytics', READERS],
  ['GET', '/admin/airdrops', READERS],
  ['GET', '/admin/airdrops/{id}', READERS],
  ['GET', '/admin/airdrops/{id}/report', READERS],
  ['POST', '/admin/airdrops', ADMINS],
  ['POST', '/admin/airdrops/preview', ADMINS],
  ['POST', '/admin/airdrops/{id}/approve', ADMINS],
  ['POST', '/admin/airdrops/{id}/cancel', ADMINS],
  ['POST', '/admin/airdrops/{id}/pause', ADMINS],
  ['POST', '/admin/airdrops/{id}/reject', ADMINS],
  ['POST', '/admin/airdrops/{id}/resume', ADMINS],
  ['GET', '/admin/house-book', ADMINS],
  ['GET', '/admin/house-book/export', ADMINS],
  ['GET', '/admin/house-book/{asset_id}', ADMINS],
  ['GET', '/.well-known/jwks.json', ALL_CALLERS],
];

/** Routes that answer 202 while a provider has not moved the money yet. */
const MAY_BE_UNDER_WAY: readonly string[] = ['/balance/deposit', '/balance/withdraw'];

interface OpenApi {
  readonly paths: Readonly<
    Record<
      string,
      Readonly<Record<string, { summary?: string; tags?: string[]; security?: unknown; responses: object }>>
    >
  >;
}

let service: UserServiceUnderTest;
let openApi: OpenApi;
beforeAll(async () => {
  service = await startUserService();
  openApi = (await service.app.inject('/openapi.json')).json<OpenApi>();
});
afterAll(() => service.stop());

async function headersOf(caller: Caller) {
  return caller === 'anonymous' ? {} : service.runtime.signIn(`a_${caller}`, caller satisfies UserRole);
}

describe('access', () => {
  it('is listed here for every route', () => {
    const documented = Object.entries(openApi.paths)
      .filter(([path]) => !path.startsWith('/health'))
      .flatMap(([path, methods]) => Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`));
    expect(documented.toSorted()).toEqual(ROUTES.map(([method, path]) => `${method} ${path}`).toSorted());
  });

  // An event of the provider is admitted by its signature.
  it.each(ROUTES.filter(([, path]) => path !== '/funding/events'))(
    'to %s %s is for %j',
    async (method, path, allowed) => {
      for (const caller of ALL_CALLERS) {
        // An open stream never ends, so its query is made invalid; queries are checked after access.
        const query = path === '/stream' ? '?after=-1' : '';
        const url = path.replace('{asset_id}', 'BTC').replace('{username}', 'some_user') + query;
        const { status, body } = await service.call(method, url, { headers: await headersOf(caller) });
        const refusal = caller === 'anonymous' ? 401 : 403;
        // Bodies are checked after access: 422 or 404 means that the caller has access.
        if (allowed.includes(caller)) expect([401, 403]).not.toContain(status);
        else
          expect({ status, code: body.code }).toEqual({
            status: refusal,
            code: `AUTH_00${refusal === 401 ? 1 : 2}`,
          });
      }
    },
  );

  it.each(ROUTES)('to %s %s is documented', (method, path, allowed) => {
    const operation = openApi.paths[path]?.[method.toLowerCase()];
    expect(operation?.summary).toMatch(/^[A-Z][^\n]+[^.]$/);
    expect(operation?.tags).toHaveLength(1);
    expect(operation?.security).toEqual(allowed.includes('anonymous') ? undefined : [{ bearer: [] }]);
    expect(Object.keys(operation?.responses ?? {})).toEqual([
      expect.stringMatching(/^20[01]$/),
      ...(MAY_BE_UNDER_WAY.includes(path) ? ['202'] : []),
    ]);
  });

  it('is not granted by headers that claim an identity', async () => {
    const headers = { 'x-user-id': 'root', 'x-user-role': 'admin', 'x-username': 'root' };
    expect((await service.call('GET', '/admin/users', { headers })).status).toBe(401);
    const customer = await service.runtime.signIn('a_customer');
    expect((await service.call('GET', '/admin/users', { headers: { ...customer, ...headers } })).status).toBe(
      403,
    );
  });
});
