import type { QueryClient } from '@tanstack/react-query';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, Link, Outlet } from '@tanstack/react-router';
import { Contrast } from 'lucide-react';
import { useEffect, useState } from 'react';
import { profileQuery } from '../api/account/profile.ts';
import { LiveBadge } from '../live/live-badge.tsx';
import { usePolledPrices } from '../live/use-polled-prices.ts';
import { useSession } from '../session/access-token.ts';
import { LazyMenu } from '../ui/lazy-menu.tsx';
import { PopupContainer } from '../ui/popup-container.ts';
import { AccountArea } from './account-area.tsx';
import { NotFoundPage } from './fallback-pages.tsx';
import { Footer } from './footer.tsx';
import type { NavigationItem } from './navigation.ts';
import { navigationFor } from './navigation.ts';
import { loadWhenReachable } from './server-away.ts';
import { SessionEnded } from './session-ended.tsx';

/** Visitors follow no account, so they do not load what reads its events. */
const loadFollowing = async () => import('./follow-account.ts');
const loadAppearanceMenu = async () => (await import('./header-menu.tsx')).AppearanceMenu;

/** The header, the navigation and the footer around every page. */
function Shell() {
  const session = useSession();
  const isSignedIn = session === 'signed-in';
  usePolledPrices(isSignedIn);
  const { data: profile } = useQuery({ ...profileQuery(), enabled: isSignedIn });
  const items = navigationFor({ isSignedIn, role: profile?.role });
  const [main, setMain] = useState<HTMLElement | null>(null);

  return (
    <PopupContainer value={main}>
      <div className="grid min-h-dvh grid-cols-1 grid-rows-[auto_1fr_auto] pb-14 sm:pb-0">
        <a
          href="#main"
          className="fixed start-2 -top-12 z-50 rounded-md bg-solid px-3 py-2 text-on-solid focus:top-2"
        >
          Skip to content
        </a>
        {isSignedIn && <SessionLive />}
        <header className="sticky top-0 z-30 border-b border-line bg-surface">
          <div className="mx-auto flex h-12 max-w-[1680px] items-center gap-2 px-3 sm:gap-4 sm:px-4">
            <Link to="/" aria-label="CNOP, to the markets" className="flex items-center gap-2 rounded-md">
              <Brand />
            </Link>
            <nav aria-label="Main" className="hidden h-full items-stretch gap-1 sm:flex">
              {items.map(({ to, label }) => (
                <Link
                  key={to}
                  to={to}
                  activeOptions={{ exact: to === '/', includeSearch: false }}
                  className="flex items-center border-b-2 border-transparent px-2.5 font-medium text-muted hover:text-ink data-[status=active]:border-ink data-[status=active]:text-ink"
                >
                  {label}
                </Link>
              ))}
            </nav>
            <div className="ms-auto flex items-center gap-1 sm:gap-2">
              <LiveBadge />
              <LazyMenu
                load={loadAppearanceMenu}
                label="Appearance"
                trigger={<Contrast aria-hidden="true" className="size-4" />}
                triggerClass="inline-flex size-8 items-center justify-center rounded-md text-muted hover:bg-hover hover:text-ink"
              />
              <AccountArea />
            </div>
          </div>
          {session === 'expired' && <SessionEnded />}
        </header>
        <main
          ref={setMain}
          id="main"
          tabIndex={-1}
          className="mx-auto w-full max-w-[1680px] min-w-0 p-3 outline-none sm:p-4"
        >
          <Outlet />
        </main>
        <Footer />
        {isSignedIn && <BottomBar items={items} />}
      </div>
    </PopupContainer>
  );
}

/** The navigation bar at the bottom of phones. */
function BottomBar({ items }: { readonly items: readonly NavigationItem[] }) {
  return (
    <nav
      aria-label="Main, at the bottom"
      className="fixed inset-x-0 bottom-0 z-30 flex h-14 border-t border-line bg-surface sm:hidden"
    >
      {items.map(({ to, label, icon: Icon }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === '/', includeSearch: false }}
          className="flex flex-1 flex-col items-center justify-center gap-0.5 text-xs font-medium text-muted data-[status=active]:text-ink"
        >
          <Icon aria-hidden="true" className="size-5" />
          {label}
        </Link>
      ))}
    </nav>
  );
}

/** The logo: three candles and the name. */
function Brand() {
  return (
    <>
      <svg aria-hidden="true" viewBox="0 0 24 24" className="size-6">
        <rect width="24" height="24" rx="6" className="fill-solid" />
        <path
          d="M7 6v12M12 4v16M17 7v10"
          className="stroke-on-solid"
          strokeOpacity="0.45"
          strokeWidth="1.2"
        />
        <rect x="5.2" y="10" width="3.6" height="5.5" rx="1" className="fill-on-solid" />
        <rect x="10.2" y="7" width="3.6" height="9" rx="1" className="fill-on-solid" />
        <rect x="15.2" y="9" width="3.6" height="4.5" rx="1" className="fill-on-solid" />
      </svg>
      <span className="hidden text-base font-semibold tracking-tight min-[400px]:block">CNOP</span>
    </>
  );
}

/** Follows the event stream of the signed-in user. Renders nothing. */
function SessionLive() {
  const queryClient = useQueryClient();
  const { data: profile } = useQuery(profileQuery());
  const username = profile?.username;
  useEffect(() => {
    if (username === undefined) return undefined;
    let isStopped = false;
    let stop: (() => void) | undefined;
    void loadWhenReachable(loadFollowing).then(({ followAccount }) => {
      if (!isStopped) stop = followAccount(queryClient, username);
    });
    return () => {
      isStopped = true;
      stop?.();
    };
  }, [username, queryClient]);
  return null;
}

/** The context of every route. */
export interface RouterContext {
  readonly queryClient: QueryClient;
}

export const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Shell,
  notFoundComponent: NotFoundPage,
});
