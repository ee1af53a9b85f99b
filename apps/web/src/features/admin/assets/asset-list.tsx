import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { assetsQuery } from '../../../api/market/assets.ts';
import { formatCount } from '../../../format/numbers.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SkeletonRows } from '../../../ui/skeleton.tsx';
import { Column, Table } from '../../../ui/table.tsx';
import type { Permissions } from '../permissions.ts';
import { AssetFilters } from './asset-filters.tsx';
import { AssetRow } from './asset-row.tsx';
import type { AssetsSearch } from './assets-search.ts';
import { findAssets } from './find-assets.ts';

const SKELETON_ROWS = 12;

export interface AssetListProps {
  readonly permissions: Permissions;
  readonly search: AssetsSearch;
  readonly onSearch: (change: Partial<AssetsSearch>) => void;
}

/** The catalogue as it is looked after: closed assets as well. */
export function AssetList({ permissions, search, onSearch }: AssetListProps) {
  const { data: assets, error, refetch } = useQuery(assetsQuery());
  const found = useMemo(() => findAssets(assets ?? [], search), [assets, search]);
  return (
    <section aria-label="Assets" className="card">
      <div className="flex flex-wrap items-start justify-between gap-2 border-b border-line p-3">
        <AssetFilters search={search} onSearch={onSearch} />
        {permissions.editsAssets && (
          <Link to="/admin/assets/new" className={buttonClass({ tone: 'primary' })}>
            <Plus aria-hidden="true" className="size-4" /> New asset
          </Link>
        )}
      </div>
      {assets ? (
        found.length > 0 ? (
          <>
            <Table caption="Assets of the catalogue" head={<Heads />}>
              {found.map((asset) => (
                <AssetRow key={asset.asset_id} asset={asset} permissions={permissions} />
              ))}
            </Table>
            <p role="status" className="border-t border-line px-4 py-2 text-xs text-faint">
              {formatCount(found.length)} of {formatCount(assets.length)} assets
            </p>
          </>
        ) : (
          <EmptyState
            title="No asset fits"
            action={
              <Button onClick={() => onSearch({ q: undefined, category: undefined, status: undefined })}>
                Show all assets
              </Button>
            }
          >
            Try another name or symbol, or fewer filters.
          </EmptyState>
        )
      ) : error ? (
        <ErrorState title="The assets could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading the assets" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function Heads() {
  return (
    <>
      <Column>Asset</Column>
      <Column className="hidden lg:table-cell">Category</Column>
      <Column className="hidden sm:table-cell">Status</Column>
      <Column isNumeric className="max-sm:pe-4">
        Price
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Fee
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Spread
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Edited
      </Column>
      <Column className="hidden sm:table-cell">
        <span className="sr-only">Actions</span>
      </Column>
    </>
  );
}
