import type { ReactNode } from 'react';
import { useDeferredValue } from 'react';
import type { MarketAsset } from '../../api/market/assets.ts';
import { Column, SortColumn, Table } from '../../ui/table.tsx';
import { MarketRow } from './market-row.tsx';
import type { MarketSearch, MarketSort } from './market-search.ts';
import { FIRST_DIRECTION } from './select-assets.ts';

export interface MarketTableProps {
  readonly assets: readonly MarketAsset[];
  /** Whether anything was traded in the last day; a column of zeros says nothing. */
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

/** What is in sight at first. The others follow in between, so that the page answers while they are made. */
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
