import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { profileQuery } from '../../api/account/profile.ts';
import type { Disposal, TaxTotals } from '../../api/account/tax.ts';
import { exportTaxReport, taxReportQuery } from '../../api/account/tax.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Figure, Figures } from '../../ui/figures.tsx';
import { PrintButton, SaveCsv } from '../../ui/save-csv.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { OpenLots } from './open-lots.tsx';
import { TaxMethod } from './tax-method.tsx';
import type { TaxSearch } from './tax-words.ts';
import { disposalName, yearsSince } from './tax-words.ts';

/** As high as figures, method and a year without sales. */
const SKELETON_ROWS = 9;

interface TaxProps {
  readonly search: TaxSearch;
  readonly onSearch: (change: Partial<TaxSearch>) => void;
}

/** The tax page: gains of a year, the method of its lots, its disposals, and the lots that are held now. */
export function Tax({ search, onSearch }: TaxProps) {
  const { data: profile } = useQuery(profileQuery());
  // Fixed when the page is opened.
  const [now] = useState(() => new Date());
  const year = search.year ?? now.getUTCFullYear();
  const years = [...new Set([...yearsSince(profile?.created_at ?? now.toISOString(), now), year])];
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Select
          label="Year"
          className="w-32 print:hidden"
          options={years.map((one) => ({ value: String(one), label: String(one) }))}
          value={String(year)}
          onChange={(next) => onSearch({ year: years.find((one) => String(one) === next) })}
        />
        <span className="flex gap-2">
          <PrintButton />
          <SaveCsv subject="The tax report" load={async () => exportTaxReport(year)} />
        </span>
      </div>
      <p className="hidden print:block">Disposals of {year} (UTC), in USD.</p>
      <Report key={year} year={year} isPast={year < now.getUTCFullYear()} />
      <OpenLots />
    </>
  );
}

function Report({ year, isPast }: { readonly year: number; readonly isPast: boolean }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    taxReportQuery(year),
  );
  const [first] = data?.pages ?? [];
  const disposals = data?.pages.flatMap((page) => page.data) ?? [];
  if (!first) {
    return (
      <div className="card">
        {error ? (
          <ErrorState
            title="The tax report could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : (
          <SkeletonRows label="Loading the tax report" rows={SKELETON_ROWS} />
        )}
      </div>
    );
  }
  return (
    <>
      <Totals totals={first.totals} />
      <TaxMethod year={year} isPast={isPast} />
      <section aria-labelledby="disposals-title" className="card min-w-0">
        <h2 id="disposals-title" className="border-b border-line px-4 py-2.5 font-medium">
          Disposals <span className="text-faint">{first.totals.disposals}</span>
        </h2>
        {disposals.length === 0 ? (
          <EmptyState title={`No sales in ${year}`}>
            Sales and settlements appear here with their lots.
          </EmptyState>
        ) : (
          <Table caption="Disposals with their lots, oldest first" head={<Heads />}>
            {disposals.map((disposal) => (
              <LotRows key={disposal.transaction_id} disposal={disposal} />
            ))}
          </Table>
        )}
        <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      </section>
    </>
  );
}

function Totals({ totals }: { readonly totals: TaxTotals }) {
  return (
    <Figures className="grid-cols-2 md:grid-cols-5">
      <Figure label="Gain" className="max-md:col-span-2">
        <Money value={totals.gain} isChange className="text-xl md:text-base" />
      </Figure>
      <Figure label="Short-term gain">
        <Money value={totals.short_term_gain} isChange />
      </Figure>
      <Figure label="Long-term gain">
        <Money value={totals.long_term_gain} isChange />
      </Figure>
      <Figure label="Proceeds">
        <Money value={totals.proceeds} />
      </Figure>
      <Figure label="Cost">
        <Money value={totals.cost} />
      </Figure>
    </Figures>
  );
}

function Heads() {
  return (
    <>
      <Column>Asset</Column>
      <Column className="hidden md:table-cell">Acquired</Column>
      <Column className="hidden sm:table-cell">Sold</Column>
      <Column className="hidden lg:table-cell">Held</Column>
      <Column isNumeric className="hidden md:table-cell">
        Proceeds
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Cost
      </Column>
      <Column isNumeric>Gain</Column>
    </>
  );
}

/** One row for each lot that a disposal used up. */
function LotRows({ disposal }: { readonly disposal: Disposal }) {
  const { asset_id, disposed_at, lots } = disposal;
  const name = disposalName(disposal);
  return lots.map((lot) => (
    <Row key={lot.transaction_id}>
      <RowHead isDense>
        <span className="grid py-1">
          <span className="font-medium">
            <Quantity value={lot.quantity} unit={asset_id} />
          </span>
          {name !== undefined && <span className="text-xs text-muted">{name}</span>}
          <span className="text-xs text-faint sm:hidden">
            <Time value={disposed_at} />
          </span>
        </span>
      </RowHead>
      <Cell isDense className="hidden text-muted md:table-cell">
        <Time value={lot.acquired_at} isExact />
      </Cell>
      <Cell isDense className="hidden text-muted sm:table-cell">
        <Time value={disposed_at} isExact />
      </Cell>
      <Cell isDense className="hidden text-muted lg:table-cell">
        {lot.holding_days} {lot.holding_days === 1 ? 'day' : 'days'}, {lot.term}
      </Cell>
      <Cell isNumeric isDense className="hidden md:table-cell">
        <Money value={lot.proceeds} />
      </Cell>
      <Cell isNumeric isDense className="hidden md:table-cell">
        <Money value={lot.cost} />
      </Cell>
      <Cell isNumeric isDense>
        <Money value={lot.gain} isChange />
      </Cell>
    </Row>
  ));
}
