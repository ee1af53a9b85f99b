import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { LedgerFilter } from '../../api/account/ledger.ts';
import { ledgerQuery } from '../../api/account/ledger.ts';
import { useFreeDeposits } from '../../api/app-info.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { ShowMore } from '../../ui/show-more.tsx';
import { SkeletonRows } from '../../ui/skeleton.tsx';
import { Column, Table } from '../../ui/table.tsx';
import type { CashSearch } from './cash-search.ts';
import { ExportLedger } from './export-ledger.tsx';
import { isFiltered, ledgerFilterOf, periodProblem } from './ledger-filter.ts';
import { LedgerFilters } from './ledger-filters.tsx';
import { LedgerRow } from './ledger-row.tsx';

const SKELETON_ROWS = 8;

export interface LedgerProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

/** Every movement of cash with the balance after it, newest first. */
export function Ledger({ search, onSearch }: LedgerProps) {
  const filter = useMemo(() => ledgerFilterOf(search), [search]);
  const isPossible = periodProblem(search) === undefined;
  return (
    <section aria-labelledby="ledger-title" className="card min-w-0">
      <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id="ledger-title" className="font-medium">
          Movements
        </h2>
        <ExportLedger filter={filter} isPossible={isPossible} />
      </div>
      <LedgerFilters search={search} onSearch={onSearch} />
      {isPossible ? (
        <LedgerLines
          filter={filter}
          onClear={
            isFiltered(search)
              ? () => onSearch({ type: undefined, from: undefined, to: undefined })
              : undefined
          }
        />
      ) : (
        <EmptyState title="No such period">Choose a first day that is not after the last one.</EmptyState>
      )}
    </section>
  );
}

interface LedgerLinesProps {
  readonly filter: LedgerFilter;
  /** Takes the filters away; undefined without any. */
  readonly onClear: (() => void) | undefined;
}

function LedgerLines({ filter, onClear }: LedgerLinesProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useInfiniteQuery(ledgerQuery(filter));
  const lines = data?.pages.flatMap(({ transactions }) => transactions);
  if (!lines) {
    return error ? (
      <ErrorState title="The movements could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the movements" rows={SKELETON_ROWS} />
    );
  }
  if (lines.length === 0) return <NoLines onClear={onClear} />;
  return (
    <>
      <Table caption="Movements of cash, newest first" head={<Heads />}>
        {lines.map((line) => (
          <LedgerRow key={line.transaction_id} line={line} />
        ))}
      </Table>
      {isFetchNextPageError ? (
        <ErrorState title="No more could be loaded" error={error} onRetry={() => void fetchNextPage()} />
      ) : (
        <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      )}
    </>
  );
}

function NoLines({ onClear }: Pick<LedgerLinesProps, 'onClear'>) {
  const canDeposit = useFreeDeposits();
  return onClear ? (
    <EmptyState title="No movement fits" action={<Button onClick={onClear}>Show all movements</Button>}>
      Try another type or a longer period.
    </EmptyState>
  ) : (
    <EmptyState
      title="No movements yet"
      action={
        canDeposit && (
          <Button tone="primary" onClick={() => document.getElementById('cash-amount')?.focus()}>
            Deposit cash
          </Button>
        )
      }
    >
      Deposits, withdrawals and what orders cost or bring stand here.
    </EmptyState>
  );
}

function Heads() {
  return (
    <>
      <Column>Movement</Column>
      <Column className="hidden sm:table-cell">Time</Column>
      <Column isNumeric className="max-sm:pe-4">
        Amount<span className="sm:hidden">, balance after</span>
      </Column>
      <Column isNumeric className="hidden sm:table-cell">
        Balance after
      </Column>
    </>
  );
}
