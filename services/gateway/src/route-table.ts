import { assetIdParameterSchema, idSchema, usernameParameterSchema } from '@cnop/common/entities/fields';
import { yearParameterSchema } from '@cnop/common/entities/user/tax-method';
import type { Access } from '@cnop/common/http/authentication';
import { monthParameterSchema } from '@cnop/common/http/period-query';
import type { PolicyName } from './limits/rate-limits.ts';
import type { TimeoutClass, UpstreamName } from './upstreams/upstream.ts';

/** The prefix of the public API, which services do not know. */
export const API_PREFIX = '/api/v1';

/** The schemas of all path parameters in the table. The gateway refuses a malformed one with 422. */
export const PARAMETER_SCHEMAS = {
  asset_id: assetIdParameterSchema,
  id: idSchema,
  username: usernameParameterSchema,
  year: yearParameterSchema,
  month: monthParameterSchema,
} as const;

/** One public route and its rules. */
export interface PublicRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path below the prefix, which is the path at the service. */
  readonly path: `/${string}`;
  readonly upstream: UpstreamName;
  /** The allowed callers, checked here to refuse early; the service checks again. */
  readonly access: Access;
  readonly policy: PolicyName;
  readonly timeout: TimeoutClass;
}

type Rule = Pick<PublicRoute, 'access' | 'policy' | 'timeout'>;

const READ = { access: 'user', policy: 'reads', timeout: 'read' } as const satisfies Rule;
/** Reads that process much more than they return. */
const REPORT = { access: 'user', policy: 'reports', timeout: 'read' } as const satisfies Rule;
/** Other writes share the limit of orders, since they cost the same. */
const WRITE = { access: 'user', policy: 'orders', timeout: 'write' } as const satisfies Rule;
const CANCEL = { access: 'user', policy: 'cancels', timeout: 'write' } as const satisfies Rule;
const PUBLIC_READ = { access: 'public', policy: 'reads', timeout: 'read' } as const satisfies Rule;
/** A stream counts only when it is opened. */
const STREAM = { access: 'user', policy: 'streams', timeout: 'stream' } as const satisfies Rule;
/** Routes that hash a password or accept a secret that could be guessed. */
const CREDENTIALS = { access: 'public', policy: 'auth', timeout: 'password' } as const satisfies Rule;

const ADMIN = ['admin'] as const;
const STAFF = ['admin', 'moderator'] as const;

const USER_ROUTES: readonly Omit<PublicRoute, 'upstream'>[] = [
  { method: 'POST', path: '/auth/register', ...CREDENTIALS },
  { method: 'POST', path: '/auth/login', ...CREDENTIALS },
  { method: 'POST', path: '/auth/refresh', ...CREDENTIALS },
  { method: 'POST', path: '/auth/password', ...CREDENTIALS, access: 'user' },
  { method: 'POST', path: '/auth/logout', ...WRITE },
  { method: 'GET', path: '/auth/sessions', ...READ },
  { method: 'DELETE', path: '/auth/sessions', ...WRITE },
  { method: 'DELETE', path: '/auth/sessions/:id', ...WRITE },
  { method: 'GET', path: '/auth/profile', ...READ },
  // A new e-mail requires the password.
  { method: 'PUT', path: '/auth/profile', ...CREDENTIALS, access: 'user' },
  { method: 'GET', path: '/balance', ...READ },
  { method: 'POST', path: '/balance/deposit', ...WRITE },
  { method: 'POST', path: '/balance/withdraw', ...WRITE },
  { method: 'GET', path: '/balance/wallets', ...READ },
  { method: 'GET', path: '/conversions', ...READ },
  { method: 'POST', path: '/conversions', ...WRITE },
  // A read: it is a POST only to take the body of a conversion.
  { method: 'POST', path: '/conversions/preview', ...READ },
  { method: 'POST', path: '/transfers', ...WRITE },
  // A read: it is a POST only to take the body of a transfer.
  { method: 'POST', path: '/transfers/preview', ...READ },
  { method: 'POST', path: '/transfers/units', ...WRITE },
  { method: 'POST', path: '/transfers/units/preview', ...READ },
  { method: 'GET', path: '/transfers/limits', ...READ },
  { method: 'GET', path: '/funding/payments', ...READ },
  { method: 'GET', path: '/funding/payments/:id', ...READ },
  { method: 'POST', path: '/funding/payments/:id/cancel', ...CANCEL },
  { method: 'GET', path: '/funding/limits', ...READ },
  // Signed by the payment provider, which has no account.
  { method: 'POST', path: '/funding/events', ...WRITE, access: 'public' },
  { method: 'GET', path: '/balance/transactions', ...READ },
  { method: 'GET', path: '/balance/transactions/:id', ...READ },
  { method: 'GET', path: '/balance/transactions/export', ...REPORT },
  { method: 'GET', path: '/balance/assets', ...READ },
  { method: 'GET', path: '/balance/asset/:asset_id', ...READ },
  { method: 'GET', path: '/portfolio', ...READ },
  { method: 'GET', path: '/portfolio/history', ...REPORT },
  { method: 'GET', path: '/portfolio/performance', ...REPORT },
  { method: 'GET', path: '/staking', ...READ },
  { method: 'GET', path: '/staking/:asset_id/history', ...READ },
  { method: 'POST', path: '/staking/stake', ...WRITE },
  { method: 'POST', path: '/staking/stake/preview', ...READ },
  { method: 'POST', path: '/staking/unstake', ...WRITE },
  { method: 'POST', path: '/staking/unstake/preview', ...READ },
  { method: 'GET', path: '/tax/lots', ...REPORT },
  { method: 'GET', path: '/tax/:year', ...REPORT },
  { method: 'GET', path: '/tax/:year/export', ...REPORT },
  { method: 'GET', path: '/tax/:year/method', ...REPORT },
  { method: 'PUT', path: '/tax/:year/method', ...REPORT, timeout: 'write' },
  { method: 'GET', path: '/portfolio/insights', ...REPORT },
  { method: 'GET', path: '/portfolio/target-allocation', ...READ },
  { method: 'PUT', path: '/portfolio/target-allocation', ...WRITE },
  { method: 'DELETE', path: '/portfolio/target-allocation', ...WRITE },
  { method: 'GET', path: '/statements', ...READ },
  { method: 'GET', path: '/statements/:month', ...REPORT },
  { method: 'GET', path: '/statements/:month/export', ...REPORT },
  { method: 'GET', path: '/events', ...READ },
  { method: 'GET', path: '/stream', ...STREAM },
  { method: 'GET', path: '/admin/users', ...READ, access: STAFF },
  { method: 'GET', path: '/admin/users/:username', ...READ, access: STAFF },
  { method: 'GET', path: '/admin/users/:username/portfolio', ...READ, access: STAFF },
  { method: 'GET', path: '/admin/users/:username/transactions', ...READ, access: STAFF },
  { method: 'PATCH', path: '/admin/users/:username', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/users/:username/adjustments', ...WRITE, access: ADMIN },
  { method: 'PUT', path: '/admin/users/:username/transfer-freeze', ...WRITE, access: ADMIN },
  { method: 'PUT', path: '/admin/users/:username/tier', ...WRITE, access: ADMIN },
  { method: 'GET', path: '/admin/funding/payments', ...READ, access: STAFF },
  { method: 'POST', path: '/admin/funding/payments/:username/:id/approve', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/funding/payments/:username/:id/reject', ...WRITE, access: ADMIN },
  { method: 'GET', path: '/admin/audit-events', ...READ, access: ADMIN },
  { method: 'PUT', path: '/admin/staking/:asset_id', ...WRITE, access: ADMIN },
  { method: 'GET', path: '/analytics/me', ...REPORT },
  { method: 'GET', path: '/analytics/assets/:asset_id', ...REPORT },
  { method: 'GET', path: '/admin/analytics', ...REPORT, access: STAFF },
  { method: 'GET', path: '/admin/house-book', ...REPORT, access: ADMIN },
  { method: 'GET', path: '/admin/house-book/export', ...REPORT, access: ADMIN },
  { method: 'GET', path: '/admin/house-book/:asset_id', ...REPORT, access: ADMIN },
  { method: 'GET', path: '/admin/airdrops', ...READ, access: STAFF },
  { method: 'POST', path: '/admin/airdrops', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/airdrops/preview', ...REPORT, access: ADMIN },
  { method: 'GET', path: '/admin/airdrops/:id', ...READ, access: STAFF },
  { method: 'GET', path: '/admin/airdrops/:id/report', ...REPORT, access: STAFF },
  { method: 'POST', path: '/admin/airdrops/:id/approve', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/airdrops/:id/reject', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/airdrops/:id/pause', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/airdrops/:id/resume', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/airdrops/:id/cancel', ...WRITE, access: ADMIN },
];

const ORDER_ROUTES: readonly Omit<PublicRoute, 'upstream'>[] = [
  { method: 'POST', path: '/orders', ...WRITE },
  // A read: it is a POST only to take the body of an order.
  { method: 'POST', path: '/orders/preview', ...READ },
  { method: 'GET', path: '/orders', ...READ },
  { method: 'GET', path: '/orders/export', ...REPORT },
  { method: 'GET', path: '/orders/:id', ...READ },
  { method: 'GET', path: '/orders/:id/explain', ...READ },
  { method: 'POST', path: '/orders/:id/cancel', ...CANCEL },
  { method: 'DELETE', path: '/orders/:id', ...CANCEL },
  { method: 'GET', path: '/recurring-buys', ...READ },
  { method: 'POST', path: '/recurring-buys', ...WRITE },
  { method: 'GET', path: '/recurring-buys/:id', ...READ },
  { method: 'PATCH', path: '/recurring-buys/:id', ...WRITE },
  { method: 'DELETE', path: '/recurring-buys/:id', ...WRITE },
  { method: 'GET', path: '/assets/:asset_id/transactions', ...READ },
  { method: 'GET', path: '/trades', ...READ },
  { method: 'GET', path: '/admin/users/:username/orders', ...READ, access: STAFF },
  { method: 'GET', path: '/admin/orders/:id', ...READ, access: STAFF },
  { method: 'POST', path: '/admin/orders/:id/refund/preview', ...READ, access: STAFF },
  { method: 'POST', path: '/admin/orders/:id/refund', ...WRITE, access: STAFF },
  { method: 'POST', path: '/admin/orders/:id/refund/approve', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/admin/orders/:id/refund/reject', ...WRITE, access: STAFF },
  { method: 'GET', path: '/admin/refunds', ...READ, access: STAFF },
  { method: 'GET', path: '/trades/export', ...REPORT },
];

const INVENTORY_ROUTES: readonly Omit<PublicRoute, 'upstream'>[] = [
  { method: 'GET', path: '/inventory/assets', ...PUBLIC_READ },
  { method: 'GET', path: '/inventory/assets/:asset_id', ...PUBLIC_READ },
  { method: 'GET', path: '/inventory/assets/:asset_id/candles', ...PUBLIC_READ },
  { method: 'GET', path: '/inventory/market', ...PUBLIC_READ },
  { method: 'GET', path: '/exchange-rates', ...PUBLIC_READ },
  { method: 'POST', path: '/inventory/assets', ...WRITE, access: ADMIN },
  { method: 'PUT', path: '/inventory/assets/:asset_id', ...WRITE, access: ADMIN },
  { method: 'POST', path: '/inventory/assets/:asset_id/activate', ...WRITE, access: STAFF },
  { method: 'POST', path: '/inventory/assets/:asset_id/deactivate', ...WRITE, access: STAFF },
  { method: 'PUT', path: '/inventory/assets/:asset_id/price', ...WRITE, access: STAFF },
  { method: 'GET', path: '/inventory/price-proposals', ...READ, access: STAFF },
  {
    method: 'POST',
    path: '/inventory/assets/:asset_id/price-proposals/:id/approve',
    ...WRITE,
    access: ADMIN,
  },
  {
    method: 'POST',
    path: '/inventory/assets/:asset_id/price-proposals/:id/reject',
    ...WRITE,
    access: STAFF,
  },
];

/** All public routes of the services. The gateway answers 404 to any other. */
export const ROUTE_TABLE: readonly PublicRoute[] = [
  ...USER_ROUTES.map((route) => ({ ...route, upstream: 'user' as const })),
  ...ORDER_ROUTES.map((route) => ({ ...route, upstream: 'order' as const })),
  ...INVENTORY_ROUTES.map((route) => ({ ...route, upstream: 'inventory' as const })),
];
