import { decimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { memo, useMemo } from 'react';
import type { Portfolio, PortfolioHolding } from '../../api/account/portfolio.ts';
import type { MarketAsset } from '../../api/market.ts';
import { assetsQuery } from '../../api/market.ts';
import { percentChange, scaleOf } from '../../format/numbers.ts';
import { useLivePrice } from '../../live/price-store.ts';
import { Money, Percent, Price, Quantity, TickingPrice } from '../../ui/amounts.tsx';
import { AssetBadge, AssetStatusBadge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, SortColumn, Table } from '../../ui/table.tsx';
import type { HoldingSort, PortfolioSearch } from './portfolio-search.ts';
import { DEFAULT_SORT, FIRST_DIRECTION, sortHoldings } from './portfolio-search.ts';
import { valueOfHolding } from './portfolio-values.ts';

interface HoldingsProps {
  readonly portfolio: Portfolio;
  readonly search: PortfolioSearch;
  readonly onSearch: (change: Partial<PortfolioSearch>) => void;
}

/** The positions with their current value and their cost. */
export function Holdings({ portfolio, search, onSearch }: HoldingsProps) {
  // Provides names and price scales; the table works without them.
  const { data: assets } = useQuery(assetsQuery());
  const byId = useMemo(() => new Map(assets?.map((asset) => [asset.asset_id, asset])), [assets]);
  const holdings = useMemo(() => sortHoldings(portfolio.assets, search), [portfolio.assets, search]);
  return (
    <section aria-labelledby="holdings-title" className="card">
      <h2 id="holdings-title" className="border-b border-line px-4 py-2.5 font-medium">
        Positions {holdings.length > 0 && <span className="text-faint">{holdings.length}</span>}
      </h2>
      {holdings.length > 0 ? (
        <Table caption="Positions" head={<Heads search={search} onSearch={onSearch} />}>
          {holdings.map((holding) => (
            <HoldingRow key={holding.asset_id} holding={holding} asset={byId.get(holding.asset_id)} />
          ))}
        </Table>
      ) : (
        <EmptyState
          title="You hold no assets"
          action={
            <Link to="/" className={buttonClass({ tone: 'primary' })}>
              Browse the markets
            </Link>
          }
        >
          Assets that you buy appear here with their value and cost.
        </EmptyState>
      )}
    </section>
  );
}

function Heads({ search, onSearch }: Omit<HoldingsProps, 'portfolio'>) {
  const sort = search.sort ?? DEFAULT_SORT;
  const direction = search.dir ?? FIRST_DIRECTION[sort];
  const column = (by: HoldingSort, label: string, className?: string): ReactNode => (
    <SortColumn
      isNumeric={by !== 'name'}
      {...(className !== undefined && { className })}
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
    <>
      {column('name', 'Asset')}
      <Column isNumeric className="hidden sm:table-cell">
        Quantity
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Price
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Average cost
      </Column>
      {column('cost', 'Cost', 'hidden md:table-cell')}
      {column('value', 'Value')}
      <Column isNumeric className="hidden lg:table-cell">
        Realised P&L
      </Column>
      {column('result', 'P&L')}
    </>
  );
}

interface HoldingRowProps {
  readonly holding: PortfolioHolding;
  /** `undefined` until the catalogue is loaded. */
  readonly asset: MarketAsset | undefined;
}

/** One position. Subscribes to its own price, so that ticks of other assets do not render it. */
const HoldingRow = memo(function HoldingRow({ holding, asset }: HoldingRowProps) {
  const { asset_id, quantity, current_price, average_purchase_price, total_invested, realized_pnl } = holding;
  const mid = useLivePrice(asset_id)?.mid ?? current_price;
  const { value, result } = valueOfHolding(holding, mid);
  const priceScale = asset?.price_scale ?? scaleOf(current_price);
  return (
    <Row className="relative">
      <RowHead>
        <Link
          to="/assets/$assetId"
          params={{ assetId: asset_id }}
          // The link covers the whole row.
          className="flex items-center gap-3 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <span className="hidden sm:inline-flex">
            <AssetBadge symbol={asset_id} />
          </span>
          <span className="grid min-w-0">
            <span className="truncate font-medium">{asset?.name ?? asset_id}</span>
            <span className="text-xs text-faint">
              <span className="sm:hidden">
                <Quantity value={quantity} />{' '}
              </span>
              {asset_id}
            </span>
          </span>
          {asset && <AssetStatusBadge status={asset.status} />}
        </Link>
      </RowHead>
      <Cell isNumeric className="hidden sm:table-cell">
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        <TickingPrice value={mid} priceScale={priceScale} />
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Price value={average_purchase_price} priceScale={priceScale} />
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        <Money value={total_invested} />
      </Cell>
      <Cell isNumeric>
        <Money value={value} className="font-medium" />
      </Cell>
      <Cell isNumeric className="hidden lg:table-cell">
        <Money value={realized_pnl} isChange />
      </Cell>
      <Cell isNumeric>
        <Money value={result} isChange />
        <Percent value={percentChange(value, decimal(total_invested))} className="block text-xs" />
      </Cell>
    </Row>
  );
});
