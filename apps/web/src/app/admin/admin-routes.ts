import { currencySchema } from '@cnop/common/entities/currency';
import { orderIdSchema } from '@cnop/common/entities/fields';
import type { UserRole } from '@cnop/common/entities/user/user';
import { createRoute, notFound } from '@tanstack/react-router';
import { z } from 'zod';
import { profileQuery } from '../../api/account/profile.ts';
import { assetsSearchSchema } from '../../features/admin/assets/assets-search.ts';
import { auditSearchSchema } from '../../features/admin/audit/audit-search.ts';
import { usersSearchSchema } from '../../features/admin/users/users-search.ts';
import { daysSearchSchema } from '../../format/day-span.ts';
import { STAFF } from '../navigation.ts';
import { requireSession } from '../require-session.tsx';
import { lazyPage } from '../server-away.ts';
import type { RouterContext } from '../shell.tsx';
import { rootRoute } from '../shell.tsx';

interface RouteEntry {
  readonly location: { readonly href: string };
  readonly context: RouterContext;
}

/**
 * Guards a route that needs a role. For all other users the page does not exist and its code is not loaded; the server
 * protects the data itself.
 */
function requireRole(roles: readonly UserRole[]): (entry: RouteEntry) => Promise<void> {
  return async ({ location, context }) => {
    await requireSession({ location });
    const { role } = await context.queryClient.ensureQueryData(profileQuery());
    // oxlint-disable-next-line typescript/only-throw-error -- the router's way of saying so
    if (!roles.includes(role)) throw notFound();
  };
}

const areaRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/admin',
  beforeLoad: requireRole(STAFF),
  component: lazyPage(() => import('./admin-area.tsx'), 'AdminArea'),
});

const overviewRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: '/',
  component: lazyPage(() => import('../pages/admin/watch-pages.tsx'), 'OverviewPage'),
});

const assetsRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets',
  validateSearch: assetsSearchSchema,
  component: lazyPage(() => import('../pages/admin/asset-pages.tsx'), 'AssetsPage'),
});

const newAssetRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets/new',
  beforeLoad: requireRole(['admin']),
  component: lazyPage(() => import('../pages/admin/asset-pages.tsx'), 'NewAssetPage'),
});

const assetRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets/$assetId',
  component: lazyPage(() => import('../pages/admin/asset-pages.tsx'), 'ManagedAssetPage'),
});

const ratesRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'rates',
  validateSearch: z.object({ quote: currencySchema.optional().catch(undefined) }),
  component: lazyPage(() => import('../pages/admin/rate-pages.tsx'), 'RatesPage'),
});

const usersRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'users',
  validateSearch: usersSearchSchema,
  component: lazyPage(() => import('../pages/admin/user-pages.tsx'), 'UsersPage'),
});

const userRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'users/$username',
  component: lazyPage(() => import('../pages/admin/user-pages.tsx'), 'ManagedUserPage'),
});

const refundsRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'refunds',
  validateSearch: z.object({ order: orderIdSchema.optional().catch(undefined) }),
  component: lazyPage(() => import('../pages/admin/refund-pages.tsx'), 'RefundsPage'),
});

const airdropsRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'airdrops',
  component: lazyPage(() => import('../pages/admin/airdrop-pages.tsx'), 'AirdropsPage'),
});

const fundingRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'funding',
  component: lazyPage(() => import('../pages/admin/funding-pages.tsx'), 'FundingReviewsPage'),
});

const houseRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'house',
  validateSearch: daysSearchSchema,
  beforeLoad: requireRole(['admin']),
  component: lazyPage(() => import('../pages/admin/treasury-pages.tsx'), 'HousePage'),
});

const analyticsRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'analytics',
  validateSearch: daysSearchSchema,
  component: lazyPage(() => import('../pages/admin/treasury-pages.tsx'), 'AnalyticsPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'audit',
  validateSearch: auditSearchSchema,
  beforeLoad: requireRole(['admin']),
  component: lazyPage(() => import('../pages/admin/watch-pages.tsx'), 'AuditPage'),
});

const healthRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'health',
  component: lazyPage(() => import('../pages/admin/watch-pages.tsx'), 'HealthPage'),
});

/** The routes of the administration, each loaded on demand. */
export const adminRoute = areaRoute.addChildren([
  overviewRoute,
  assetsRoute,
  newAssetRoute,
  assetRoute,
  ratesRoute,
  usersRoute,
  userRoute,
  refundsRoute,
  airdropsRoute,
  fundingRoute,
  houseRoute,
  analyticsRoute,
  auditRoute,
  healthRoute,
]);
