import { getRouteApi, Link } from '@tanstack/react-router';
import { DemoAccount } from '../../features/auth/demo-account.tsx';
import { NoCashHint } from '../../features/cash/no-cash-hint.tsx';
import { ExampleReceipt } from '../../features/market/example-receipt.tsx';
import { Market } from '../../features/market/market.tsx';
import type { MarketSearch } from '../../features/market/market-search.ts';
import { MarketSummary } from '../../features/market/market-summary.tsx';
import { useSession } from '../../session/access-token.ts';
import { buttonClass } from '../../ui/button.tsx';
import { PageTitle } from '../page-title.tsx';

const route = getRouteApi('/');

export function MarketPage() {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();

  const change = (changed: Partial<MarketSearch>): void => {
    // Typing replaces the history entry, so that Back leaves the page.
    void navigate({ search: (known) => ({ ...known, ...changed }), replace: 'q' in changed });
  };

  return (
    <div className="mx-auto grid max-w-6xl grid-cols-1 gap-4">
      {session === 'visitor' ? (
        <Welcome />
      ) : (
        <div className="flex min-h-9 items-center justify-between gap-3">
          <PageTitle>Markets</PageTitle>
          {session === 'signed-in' && <NoCashHint />}
        </div>
      )}
      <MarketSummary />
      <Market search={search} onSearch={change} />
    </div>
  );
}

function Welcome() {
  return (
    <div className="grid grid-cols-1 gap-8 py-4 sm:py-8 md:grid-cols-[1fr_auto] md:items-center">
      <div className="grid max-w-xl grid-cols-1 gap-3">
        <PageTitle isLarge>Know what an order does before you place it</PageTitle>
        <p className="text-base text-muted">
          Market, limit, stop and trailing orders at live prices. You see the cost, the fee and your balance
          afterwards first, and later why an order did what it did.
        </p>
        <div className="mt-2 flex flex-wrap gap-2">
          <Link to="/sign-up" search={{}} className={buttonClass({ tone: 'primary', size: 'large' })}>
            Open an account
          </Link>
          <DemoAccount />
        </div>
      </div>
      <ExampleReceipt />
    </div>
  );
}
