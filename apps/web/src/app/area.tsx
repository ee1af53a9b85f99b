import { Outlet, useRouterState } from '@tanstack/react-router';
import { PageTabs } from '../ui/page-tabs.tsx';
import type { SubPage } from './navigation.ts';
import { SUB_PAGES } from './navigation.ts';
import { WhileSignedIn } from './require-session.tsx';

/** The frame of the pages about cash. */
export function CashArea() {
  return <Area label="Cash" pages={SUB_PAGES.cash} />;
}

/** The frame of the pages about the portfolio. */
export function PortfolioArea() {
  return <Area label="Portfolio" pages={SUB_PAGES.portfolio} />;
}

interface AreaProps {
  /** Names the tabs for screen readers. */
  readonly label: string;
  readonly pages: readonly SubPage[];
}

/** The tabs of an area with the chosen page below. */
export function Area({ label, pages }: AreaProps) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-4">
      <PageTabs label={label} tabs={pages} path={path} />
      <WhileSignedIn>
        <Outlet />
      </WhileSignedIn>
    </div>
  );
}
