import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { MarketAsset } from '../../api/market.ts';
import { assetsQuery } from '../../api/market.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import type { MarketSearch } from './market-search.ts';
import { selectAssets } from './market-search.ts';
import { MarketTable } from './market-table.tsx';
import { MarketToolbar } from './market-toolbar.tsx';

const SKELETON_ROWS = 12;

export interface MarketProps {
  readonly search: MarketSearch;
  readonly onSearch: (change: Partial<MarketSearch>) => void;
}

/** All assets, with search, filter and sorting. */
export function Market({ search, onSearch }: MarketProps) {
  const { data: assets, error, refetch } = useQuery(assetsQuery());
  const selected = useMemo(() => selectAssets(assets ?? [], search), [assets, search]);
  const categories = useMemo(() => new Set(assets?.map(({ category }) => category)), [assets]);
  const hasVolumes = useMemo(() => (assets ?? []).some(hasVolume), [assets]);

  return (
    <section aria-labelledby="market-title" className="card">
      <h2 id="market-title" className="sr-only">
        Markets
      </h2>
      <MarketToolbar search={search} onSearch={onSearch} categories={categories} />
      {assets ? (
        selected.length > 0 ? (
          <MarketTable assets={selected} hasVolumes={hasVolumes} search={search} onSearch={onSearch} />
        ) : (
          <EmptyState
            title="No assets match"
            action={
              <Button onClick={() => onSearch({ q: undefined, category: undefined })}>Show all assets</Button>
            }
          >
            Try another name or symbol, or another category.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState title="The market could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the market" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function hasVolume({ volume_24h: volume }: MarketAsset): boolean {
  return volume !== null && volume > 0;
}
