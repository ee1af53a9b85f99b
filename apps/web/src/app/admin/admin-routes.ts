import { createRoute, lazyRouteComponent, redirect } from '@tanstack/react-router';
import { assetsSearchSchema } from '../../features/admin/assets/assets-search.ts';
import { auditSearchSchema } from '../../features/admin/audit/audit-search.ts';
import { usersSearchSchema } from '../../features/admin/users/users-search.ts';
import { STAFF } from '../navigation.ts';
import { rootRoute } from '../root-route.ts';
import { requireRole } from './require-role.ts';

const areaRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/admin',
  beforeLoad: requireRole(STAFF),
  component: lazyRouteComponent(() => import('./admin-area.tsx'), 'AdminArea'),
});

const indexRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: '/',
  beforeLoad() {
    // oxlint-disable-next-line typescript/only-throw-error -- the router's way of going elsewhere
    throw redirect({ to: '/admin/assets', replace: true });
  },
});

const assetsRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets',
  validateSearch: assetsSearchSchema,
  component: lazyRouteComponent(() => import('../pages/admin/assets-page.tsx'), 'AssetsPage'),
});

const newAssetRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets/new',
  beforeLoad: requireRole(['admin']),
  component: lazyRouteComponent(() => import('../pages/admin/new-asset-page.tsx'), 'NewAssetPage'),
});

const assetRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'assets/$assetId',
  component: lazyRouteComponent(() => import('../pages/admin/managed-asset-page.tsx'), 'ManagedAssetPage'),
});

const usersRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'users',
  validateSearch: usersSearchSchema,
  component: lazyRouteComponent(() => import('../pages/admin/users-page.tsx'), 'UsersPage'),
});

const userRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'users/$username',
  component: lazyRouteComponent(() => import('../pages/admin/managed-user-page.tsx'), 'ManagedUserPage'),
});

const auditRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'audit',
  validateSearch: auditSearchSchema,
  beforeLoad: requireRole(['admin']),
  component: lazyRouteComponent(() => import('../pages/admin/audit-page.tsx'), 'AuditPage'),
});

const healthRoute = createRoute({
  getParentRoute: () => areaRoute,
  path: 'health',
  component: lazyRouteComponent(() => import('../pages/admin/health-page.tsx'), 'HealthPage'),
});

/** The places of those who look after the platform, each with code of its own. */
export const adminRoute = areaRoute.addChildren([
  indexRoute,
  assetsRoute,
  newAssetRoute,
  assetRoute,
  usersRoute,
  userRoute,
  auditRoute,
  healthRoute,
]);
