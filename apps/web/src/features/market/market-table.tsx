import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { memo, useDeferredValue } from 'react';
import type { MarketAsset } from '../../api/market.ts';
import { formatCompactMoney, signOfPercent } from '../../format/numbers.ts';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { Percent, TickingPrice } from '../../ui/amounts.tsx';
import { AssetBadge, AssetStatusBadge } from '../../ui/badge.tsx';
import { Cell, Column, Row, RowHead, SortColumn, Table } from '../../ui/table.tsx';
import type { MarketSearch, MarketSort } from './market-search.ts';
import { FIRST_DIRECTION } from './market-search.ts';
import { Sparkline } from './sparkline.tsx';

interface MarketTableProps {
  readonly assets: readonly MarketAsset[];
  /** Whether any asset was traded in the last day. */
  readonly hasVolumes: boolean;
  readonly search: MarketSearch;
  readonly onSearch: (change: Partial<MarketSearch>) => void;
}

interface ColumnOf {
  readonly sort: MarketSort;
  readonly label: string;
  readonly isNumeric: boolean;
  readonly className?: string;
}

/** Rows rendered first; the others are deferred to keep the page responsive. */
const FIRST_ROWS = 12;

const COLUMNS: readonly ColumnOf[] = [
  { sort: 'rank', label: '#', isNumeric: true, className: 'hidden sm:table-cell' },
  { sort: 'name', label: 'Asset', isNumeric: false },
  { sort: 'price', label: 'Price', isNumeric: true },
  { sort: 'change', label: '24 h', isNumeric: true, className: 'hidden sm:table-cell' },
];

const WIDE_COLUMNS: readonly ColumnOf[] = [
  { sort: 'volume', label: '24 h volume', isNumeric: true, className: 'hidden lg:table-cell' },
  { sort: 'cap', label: 'Market cap', isNumeric: true, className: 'hidden lg:table-cell' },
];

export function MarketTable({ assets, hasVolumes, search, onSearch }: MarketTableProps) {
  const sort = search.sort ?? 'rank';
  const shown = useDeferredValue(assets, assets.slice(0, FIRST_ROWS));
  const direction = search.dir ?? FIRST_DIRECTION[sort];

  const column = ({ sort: by, label, ...look }: ColumnOf): ReactNode => (
    <SortColumn
      key={by}
      {...look}
      direction={by === sort ? direction : undefined}
      onSort={() => {
        const turned = direction === 'asc' ? 'desc' : 'asc';
        onSearch({ sort: by, dir: by === sort ? turned : FIRST_DIRECTION[by] });
      }}
    >
      {label}
    </SortColumn>
  );

  return (
    <Table
      caption="Assets with their prices"
      head={
        <>
          {COLUMNS.map(column)}
          <Column isNumeric className="hidden md:table-cell">
            Last 24 h
          </Column>
          {WIDE_COLUMNS.filter(({ sort: by }) => hasVolumes || by !== 'volume').map(column)}
        </>
      }
    >
      {shown.map((asset) => (
        <MarketRow key={asset.asset_id} asset={asset} hasVolume={hasVolumes} />
      ))}
    </Table>
  );
}

interface MarketRowProps {
  readonly asset: MarketAsset;
  readonly hasVolume: boolean;
}

/** One asset. Subscribes to its own price, so that ticks of other assets do not render it. */
const MarketRow = memo(function MarketRow({ asset, hasVolume }: MarketRowProps) {
  const { mid, changePercent } = useAssetPrice(asset);
  return (
    <Row className="relative">
      <Cell isNumeric className="hidden w-10 text-faint sm:table-cell">
        {asset.market_cap_rank ?? '—'}
      </Cell>
      <RowHead>
        <Link
          to="/assets/$assetId"
          params={{ assetId: asset.asset_id }}
          // The link covers the whole row.
          className="flex items-center gap-3 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <AssetBadge symbol={asset.symbol} />
          <span className="grid min-w-0">
            <span className="truncate font-medium">{asset.name}</span>
            <span className="text-xs text-faint">{asset.symbol}</span>
          </span>
          <AssetStatusBadge status={asset.status} />
        </Link>
      </RowHead>
      <Cell isNumeric>
        <TickingPrice value={mid} priceScale={asset.price_scale} className="font-medium" />
        <Percent value={changePercent} className="block text-xs sm:hidden" />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Percent value={changePercent} />
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        <Sparkline assetId={asset.asset_id} isGain={signOfPercent(changePercent) !== 'loss'} />
      </Cell>
      {hasVolume && (
        <Cell isNumeric className="hidden text-muted lg:table-cell">
          {formatCompactMoney(asset.volume_24h)}
        </Cell>
      )}
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        {formatCompactMoney(asset.market_cap)}
      </Cell>
    </Row>
  );
});
