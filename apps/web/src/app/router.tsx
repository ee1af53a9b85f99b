import { candleIntervalSchema } from '@cnop/common/entities/inventory/candle';
import type { QueryClient } from '@tanstack/react-query';
import { createRoute, createRouter } from '@tanstack/react-router';
import { z } from 'zod';
import { marketSearchSchema } from '../features/market/market-search.ts';
import { ordersSearchSchema } from '../features/orders/orders-search.ts';
import { cashArea, portfolioArea } from './account-routes.ts';
import { adminRoute } from './admin/admin-routes.ts';
import { PageError } from './fallback-pages.tsx';
import { requireSession } from './require-session.tsx';
import { lazyPage } from './server-away.ts';
import { rootRoute } from './shell.tsx';

/** Accepts only paths of this app: a redirect to another site would make sign-in usable for phishing. */
const redirectSchema = z
  .string()
  .regex(/^\/(?![/\\])/)
  .optional()
  .catch(undefined);
const authSearchSchema = z.object({ redirect: redirectSchema });

/** Search parameters of the page of an asset. */
const assetSearchSchema = z.object({
  interval: candleIntervalSchema.optional().catch(undefined),
  view: z.enum(['table']).optional().catch(undefined),
});

const marketRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/',
  validateSearch: marketSearchSchema,
  component: lazyPage(() => import('./pages/market-page.tsx'), 'MarketPage'),
});

const assetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/assets/$assetId',
  validateSearch: assetSearchSchema,
  component: lazyPage(() => import('./pages/asset-page.tsx'), 'AssetPage'),
});

const ordersRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/orders',
  validateSearch: ordersSearchSchema,
  beforeLoad: requireSession,
  component: lazyPage(() => import('./pages/orders-page.tsx'), 'OrdersPage'),
});

const profileRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/profile',
  beforeLoad: requireSession,
  component: lazyPage(() => import('./pages/profile-page.tsx'), 'ProfilePage'),
});

const signInRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-in',
  validateSearch: authSearchSchema,
  component: lazyPage(() => import('./pages/sign-in-pages.tsx'), 'SignInPage'),
});

const signUpRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/sign-up',
  validateSearch: authSearchSchema,
  component: lazyPage(() => import('./pages/sign-in-pages.tsx'), 'SignUpPage'),
});

/**
 * Creates the router.
 * @param queryClient the cache in which routes look up the user
 */
export function createAppRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree: rootRoute.addChildren([
      marketRoute,
      assetRoute,
      ordersRoute,
      portfolioArea,
      cashArea,
      profileRoute,
      signInRoute,
      signUpRoute,
      adminRoute,
    ]),
    context: { queryClient },
    defaultPreload: 'intent',
    defaultErrorComponent: PageError,
    scrollRestoration: true,
  });
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}
