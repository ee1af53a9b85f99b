import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect } from 'react';
import type { MarketAsset } from '../../api/market.ts';
import { assetsQuery } from '../../api/market.ts';
import { AboutAsset } from '../../features/asset/about-asset.tsx';
import { AssetHeader } from '../../features/asset/asset-header.tsx';
import { ChartPanel } from '../../features/asset/chart/chart-panel.tsx';
import { Position } from '../../features/asset/position.tsx';
import { OpenOrders } from '../../features/orders/open-orders.tsx';
import { Ticket } from '../../features/ticket/ticket.tsx';
import { useSession } from '../../session/access-token.ts';
import { ErrorState, Skeleton } from '../../ui/states.tsx';
import { NotFoundPage } from '../fallback-pages.tsx';

const route = getRouteApi('/assets/$assetId');

export function AssetPage() {
  const { assetId } = route.useParams();
  const { data: assets, error, refetch } = useQuery(assetsQuery());
  const asset = assets?.find(({ asset_id }) => asset_id === assetId.toUpperCase());
  if (asset) return <AssetView key={asset.asset_id} asset={asset} />;
  if (assets) return <NotFoundPage />;
  if (error) {
    return <ErrorState title="The asset could not be loaded" error={error} onRetry={() => void refetch()} />;
  }
  return (
    <div
      role="status"
      aria-label="Loading the asset"
      className="grid min-h-dvh grid-cols-1 content-start gap-3"
    >
      <Skeleton className="h-20" />
      <Skeleton className="h-96" />
    </div>
  );
}

/** On a phone in one column: price, chart, ticket, orders. On a wide screen the ticket is beside them. */
function AssetView({ asset }: { readonly asset: MarketAsset }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const session = useSession();
  const isSignedIn = session === 'signed-in';
  useEffect(() => {
    document.title = `${asset.name} · CNOP`;
  }, [asset.name]);
  return (
    <div className="grid grid-cols-1 items-start gap-3 lg:grid-cols-[minmax(0,1fr)_20rem]">
      <div className="grid grid-cols-1 gap-3">
        <AssetHeader asset={asset} />
        <ChartPanel
          asset={asset}
          interval={search.interval ?? '15m'}
          isTable={search.view === 'table'}
          isSignedIn={isSignedIn}
          onInterval={(interval) => void navigate({ search: (known) => ({ ...known, interval }) })}
          onTable={(isTable) =>
            void navigate({ search: (known) => ({ ...known, view: isTable ? 'table' : undefined }) })
          }
        />
      </div>
      <div className="lg:sticky lg:top-15 lg:row-span-2">
        <Ticket asset={asset} />
      </div>
      <div className="grid grid-cols-1 gap-3">
        {isSignedIn && (
          <>
            <OpenOrders
              title="Open orders"
              assetId={asset.asset_id}
              emptyText={`Open limit, stop and trailing orders for ${asset.symbol} appear here.`}
            />
            <Position asset={asset} />
          </>
        )}
        <AboutAsset asset={asset} />
      </div>
    </div>
  );
}
