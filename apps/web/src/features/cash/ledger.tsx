import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useMemo } from 'react';
import type { LedgerEntry, LedgerFilter } from '../../api/account/cash.ts';
import { exportLedger, ledgerQuery } from '../../api/account/cash.ts';
import { useFreeDeposits } from '../../api/app-info.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { entryName, signedAmount, TRANSACTION_STATUS_NAMES } from '../../ui/ledger-names.ts';
import { SaveCsv } from '../../ui/save-csv.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import type { CashSearch } from './cash-search.ts';
import { isFiltered, ledgerFilterOf, periodProblem } from './cash-search.ts';
import { LedgerFilters } from './ledger-filters.tsx';

const SKELETON_ROWS = 8;

interface LedgerProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

/** All ledger entries with the balance after each, newest first. */
export function Ledger({ search, onSearch }: LedgerProps) {
  const filter = useMemo(() => ledgerFilterOf(search), [search]);
  const isPossible = periodProblem(search) === undefined;
  return (
    <section aria-labelledby="ledger-title" className="card min-w-0">
      <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id="ledger-title" className="font-medium">
          Activity
        </h2>
        {/* The export has the ledger in USD. */}
        {search.currency === undefined && (
          <SaveCsv subject="The activity" load={async () => exportLedger(filter)} disabled={!isPossible} />
        )}
      </div>
      <LedgerFilters search={search} onSearch={onSearch} />
      {isPossible ? (
        <LedgerEntries
          filter={filter}
          search={search}
          onClear={
            isFiltered(search)
              ? () => onSearch({ type: undefined, from: undefined, to: undefined })
              : undefined
          }
        />
      ) : (
        <EmptyState title="Invalid period">Choose a first day on or before the last day.</EmptyState>
      )}
    </section>
  );
}

interface LedgerEntriesProps {
  readonly filter: LedgerFilter;
  /** The parameters that links to entries keep. */
  readonly search: CashSearch;
  /** Clears the filters; `undefined` without any. */
  readonly onClear: (() => void) | undefined;
}

function LedgerEntries({ filter, search, onClear }: LedgerEntriesProps) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage, isFetchNextPageError } =
    useInfiniteQuery(ledgerQuery(filter));
  const entries = data?.pages.flatMap(({ transactions }) => transactions);
  if (!entries) {
    return error ? (
      <ErrorState title="The activity could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the activity" rows={SKELETON_ROWS} />
    );
  }
  if (entries.length === 0) return <NoEntries onClear={onClear} />;
  return (
    <>
      <Table caption="Cash activity, newest first" head={<Heads />}>
        {entries.map((entry) => (
          <LedgerRow key={entry.transaction_id} entry={entry} search={search} />
        ))}
      </Table>
      {isFetchNextPageError ? (
        <ErrorState
          title="More activity could not be loaded"
          error={error}
          onRetry={() => void fetchNextPage()}
        />
      ) : (
        <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      )}
    </>
  );
}

function NoEntries({ onClear }: Pick<LedgerEntriesProps, 'onClear'>) {
  const canDeposit = useFreeDeposits();
  return onClear ? (
    <EmptyState title="No activity matches" action={<Button onClick={onClear}>Show all activity</Button>}>
      Try another type or a longer period.
    </EmptyState>
  ) : (
    <EmptyState
      title="No activity yet"
      action={
        canDeposit && (
          <Button tone="primary" onClick={() => document.getElementById('cash-amount')?.focus()}>
            Deposit cash
          </Button>
        )
      }
    >
      Deposits, withdrawals and trades appear here.
    </EmptyState>
  );
}

function Heads() {
  return (
    <>
      <Column>Activity</Column>
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

interface LedgerRowProps extends Pick<LedgerEntriesProps, 'search'> {
  readonly entry: LedgerEntry;
}

/** One ledger entry. */
function LedgerRow({ entry, search }: LedgerRowProps) {
  const { transaction_id, currency, status, description, new_balance, created_at } = entry;
  const { hideAmounts } = useAppearance();
  const name = entryName(entry);
  return (
    <Row>
      <RowHead>
        <span className="grid py-1.5">
          <span className="flex min-h-6 flex-wrap items-center gap-x-2">
            <Link
              to="/cash"
              search={{ ...search, entry: transaction_id }}
              resetScroll={false}
              className="inline-flex min-h-6 items-center font-medium wrap-anywhere hover:underline"
            >
              {name}
            </Link>
            {status !== 'completed' && <Badge tone="warn">{TRANSACTION_STATUS_NAMES[status]}</Badge>}
          </span>
          {/* Hidden with amounts, since descriptions contain quantities and free text. */}
          {description !== null && !hideAmounts && (
            <span className="text-xs wrap-anywhere text-muted">{description}</span>
          )}
          <span className="text-xs text-faint sm:hidden">
            <Time value={created_at} />
          </span>
        </span>
      </RowHead>
      <Cell className="hidden text-muted sm:table-cell">
        <Time value={created_at} />
      </Cell>
      <Cell isNumeric className="max-sm:pe-4">
        <Money value={signedAmount(entry)} currency={currency} isChange />
        <Money value={new_balance} currency={currency} className="block text-xs text-muted sm:hidden" />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Money value={new_balance} currency={currency} />
      </Cell>
    </Row>
  );
}
