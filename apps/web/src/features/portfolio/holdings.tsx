import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useMemo } from 'react';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { assetsQuery } from '../../api/market/assets.ts';
import { buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Column, SortColumn, Table } from '../../ui/table.tsx';
import { HoldingRow } from './holding-row.tsx';
import type { HoldingSort, PortfolioSearch } from './portfolio-search.ts';
import { DEFAULT_SORT, FIRST_DIRECTION, sortHoldings } from './sort-holdings.ts';

export interface HoldingsProps {
  readonly portfolio: Portfolio;
  readonly search: PortfolioSearch;
  readonly onSearch: (change: Partial<PortfolioSearch>) => void;
}

/** What is held, what it is worth at the price of the moment and what it cost. */
export function Holdings({ portfolio, search, onSearch }: HoldingsProps) {
  // Names and digits of prices; without them the table still says everything.
  const { data: assets } = useQuery(assetsQuery());
  const byId = useMemo(() => new Map(assets?.map((asset) => [asset.asset_id, asset])), [assets]);
  const holdings = useMemo(() => sortHoldings(portfolio.assets, search), [portfolio.assets, search]);
  return (
    <section aria-labelledby="holdings-title" className="card">
      <h2 id="holdings-title" className="border-b border-line px-4 py-2.5 font-medium">
        Holdings {holdings.length > 0 && <span className="text-faint">{holdings.length}</span>}
      </h2>
      {holdings.length > 0 ? (
        <Table caption="Holdings" head={<Heads search={search} onSearch={onSearch} />}>
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
          What you buy stands here with its value and what it cost.
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
