import { createRoute } from '@tanstack/react-router';
import { cashSearchSchema, transferSearchSchema } from '../features/cash/cash-search.ts';
import { convertSearchSchema } from '../features/convert/convert-search.ts';
import { performanceSearchSchema } from '../features/performance/performance-search.ts';
import { portfolioSearchSchema } from '../features/portfolio/portfolio-search.ts';
import { statementSearchSchema } from '../features/statements/statement-words.ts';
import { taxSearchSchema } from '../features/tax/tax-words.ts';
import { daysSearchSchema } from '../format/day-span.ts';
import { requireSession } from './require-session.tsx';
import { lazyPage } from './server-away.ts';
import { rootRoute } from './shell.tsx';

const cashRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/cash',
  beforeLoad: requireSession,
  component: lazyPage(() => import('./area.tsx'), 'CashArea'),
});

const cashOverviewRoute = createRoute({
  getParentRoute: () => cashRoute,
  path: '/',
  validateSearch: cashSearchSchema,
  component: lazyPage(() => import('./pages/cash/cash-page.tsx'), 'CashPage'),
});

const transferRoute = createRoute({
  getParentRoute: () => cashRoute,
  path: 'transfer',
  validateSearch: transferSearchSchema,
  component: lazyPage(() => import('./pages/cash/transfer-page.tsx'), 'TransferPage'),
});

const fundingRoute = createRoute({
  getParentRoute: () => cashRoute,
  path: 'funding',
  component: lazyPage(() => import('./pages/cash/funding-page.tsx'), 'FundingPage'),
});

const convertRoute = createRoute({
  getParentRoute: () => cashRoute,
  path: 'convert',
  validateSearch: convertSearchSchema,
  component: lazyPage(() => import('./pages/cash/convert-page.tsx'), 'ConvertPage'),
});

const statementsRoute = createRoute({
  getParentRoute: () => cashRoute,
  path: 'statements',
  validateSearch: statementSearchSchema,
  component: lazyPage(() => import('./pages/cash/statements-page.tsx'), 'StatementsPage'),
});

const portfolioRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: '/portfolio',
  beforeLoad: requireSession,
  component: lazyPage(() => import('./area.tsx'), 'PortfolioArea'),
});

const holdingsRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: '/',
  validateSearch: portfolioSearchSchema,
  component: lazyPage(() => import('./pages/portfolio/portfolio-page.tsx'), 'PortfolioPage'),
});

const performanceRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: 'performance',
  validateSearch: performanceSearchSchema,
  component: lazyPage(() => import('./pages/portfolio/performance-page.tsx'), 'PerformancePage'),
});

const taxRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: 'tax',
  validateSearch: taxSearchSchema,
  component: lazyPage(() => import('./pages/portfolio/tax-page.tsx'), 'TaxPage'),
});

const activityRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: 'activity',
  validateSearch: daysSearchSchema,
  component: lazyPage(() => import('./pages/portfolio/activity-page.tsx'), 'ActivityPage'),
});

const stakingRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: 'staking',
  component: lazyPage(() => import('./pages/portfolio/staking-page.tsx'), 'StakingPage'),
});

const recurringRoute = createRoute({
  getParentRoute: () => portfolioRoute,
  path: 'recurring',
  component: lazyPage(() => import('./pages/portfolio/recurring-page.tsx'), 'RecurringPage'),
});

/** The routes below `/cash`, each loaded on demand. */
export const cashArea = cashRoute.addChildren([
  cashOverviewRoute,
  transferRoute,
  convertRoute,
  fundingRoute,
  statementsRoute,
]);

/** The routes below `/portfolio`, each loaded on demand. */
export const portfolioArea = portfolioRoute.addChildren([
  holdingsRoute,
  activityRoute,
  performanceRoute,
  taxRoute,
  stakingRoute,
  recurringRoute,
]);
