import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import type { MarketAsset } from '../../../api/market.ts';
import { assetsQuery } from '../../../api/market.ts';
import { formatCount } from '../../../format/numbers.ts';
import { useAssetPrice } from '../../../live/use-asset-price.ts';
import { TickingPrice } from '../../../ui/amounts.tsx';
import { AssetBadge, Badge, STATUS_NAMES, STATUS_TONES } from '../../../ui/badge.tsx';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Permissions } from '../permissions.ts';
import { AssetActions } from './asset-actions.tsx';
import { AssetFilters } from './asset-filters.tsx';
import { CATEGORY_NAMES } from './asset-words.ts';
import type { AssetsSearch } from './assets-search.ts';
import { findAssets } from './assets-search.ts';

const SKELETON_ROWS = 12;

interface AssetListProps {
  readonly permissions: Permissions;
  readonly search: AssetsSearch;
  readonly onSearch: (change: Partial<AssetsSearch>) => void;
}

/** The whole catalogue, including closed assets. */
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
            title="No assets match"
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

interface AssetRowProps {
  readonly asset: MarketAsset;
  readonly permissions: Permissions;
}

function AssetRow({ asset, permissions }: AssetRowProps) {
  const { asset_id, symbol, name, category, status } = asset;
  const { mid } = useAssetPrice(asset);
  return (
    <Row>
      <RowHead className="w-full sm:w-auto">
        <Link
          to="/admin/assets/$assetId"
          params={{ assetId: asset_id }}
          className="flex min-h-8 items-center gap-3 rounded hover:underline"
        >
          <AssetBadge symbol={symbol} />
          <span className="grid min-w-0">
            <span className="line-clamp-2 font-medium wrap-anywhere">{name}</span>
            <span className="flex flex-wrap items-center gap-x-2 text-xs text-faint">
              {asset_id}
              {/* On a phone the status has no column, so it is shown here unless the asset is active. */}
              {status !== 'active' && (
                <span className="sm:hidden">
                  <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>
                </span>
              )}
            </span>
          </span>
        </Link>
      </RowHead>
      <Cell className="hidden text-muted lg:table-cell">{CATEGORY_NAMES[category]}</Cell>
      <Cell className="hidden sm:table-cell">
        <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>
      </Cell>
      <Cell isNumeric className="max-sm:pe-4">
        <TickingPrice value={mid} priceScale={asset.price_scale} className="font-medium" />
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        {asset.fee_bps} bps
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        {asset.spread_bps} bps
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={asset.updated_at} />
      </Cell>
      {/* On a phone the actions are on the page of the asset. */}
      <Cell className="hidden w-20 text-end sm:table-cell">
        {permissions.managesTrading && <AssetActions asset={asset} look="icons" />}
      </Cell>
    </Row>
  );
}
