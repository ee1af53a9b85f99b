import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { Statement, StatementMovement } from '../../api/account/statements.ts';
import { exportStatement, statementMonthsQuery, statementQuery } from '../../api/account/statements.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Fact, Figure, Figures } from '../../ui/figures.tsx';
import { PrintButton, SaveCsv } from '../../ui/save-csv.tsx';
import { Select } from '../../ui/select.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import type { StatementSearch } from './statement-words.ts';
import { formatStatementMonth, movementName, totalName } from './statement-words.ts';

const SKELETON_ROWS = 8;

interface StatementsProps {
  readonly search: StatementSearch;
  readonly onSearch: (change: Partial<StatementSearch>) => void;
}

/** The statement of a month: what there was before and after, and every movement between. */
export function Statements({ search, onSearch }: StatementsProps) {
  const { data: months, error, refetch } = useQuery(statementMonthsQuery());
  const month = search.month ?? months?.[0]?.month;
  if (!months || month === undefined) {
    return (
      <div className="card">
        {error ? (
          <ErrorState
            title="Your statements could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : (
          <SkeletonRows label="Loading your statements" rows={SKELETON_ROWS} />
        )}
      </div>
    );
  }
  const known = months.some((one) => one.month === month) ? months : [{ month }, ...months];
  return (
    <>
      <div className="flex flex-wrap items-end justify-between gap-3">
        <Select
          label="Month"
          className="w-48 print:hidden"
          options={known.map((one) => ({ value: one.month, label: formatStatementMonth(one.month) }))}
          value={month}
          onChange={(next) => onSearch({ month: next })}
        />
        <span className="flex gap-2">
          <PrintButton />
          <SaveCsv subject="The statement" load={async () => exportStatement(month)} />
        </span>
      </div>
      <Month key={month} month={month} />
    </>
  );
}

function Month({ month }: { readonly month: string }) {
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    statementQuery(month),
  );
  const [statement] = data?.pages ?? [];
  if (!statement) {
    return (
      <div className="card">
        {error ? (
          <ErrorState
            title="The statement could not be loaded"
            error={error}
            onRetry={() => void refetch()}
          />
        ) : (
          <SkeletonRows label="Loading the statement" rows={SKELETON_ROWS} />
        )}
      </div>
    );
  }
  const movements = data?.pages.flatMap((page) => page.data) ?? [];
  return (
    <>
      <p className="hidden print:block">{formatStatementMonth(month)} (UTC), in USD.</p>
      <Summary statement={statement} />
      <section aria-labelledby="movements-title" className="card min-w-0">
        <h2 id="movements-title" className="border-b border-line px-4 py-2.5 font-medium">
          Movements
        </h2>
        {movements.length === 0 ? (
          <EmptyState title={`Nothing moved in ${formatStatementMonth(month)}`} />
        ) : (
          <Table caption="Movements of cash and units, oldest first" head={<Heads />}>
            {movements.map((movement) => (
              <MovementRow key={`${movement.unit} ${movement.transaction_id}`} movement={movement} />
            ))}
          </Table>
        )}
        <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      </section>
    </>
  );
}

function Summary({ statement }: { readonly statement: Statement }) {
  const { opening, closing, net_cash, fees, cash_totals, is_complete } = statement;
  return (
    <>
      <Figures className="grid-cols-2 md:grid-cols-4">
        <Figure label="Opening cash">
          <Money value={opening.cash} />
        </Figure>
        <Figure label={is_complete ? 'Closing cash' : 'Cash now'}>
          <Money value={closing.cash} />
        </Figure>
        <Figure label="Change of cash">
          <Money value={net_cash} isChange />
        </Figure>
        <Figure label="Fees">
          <Money value={fees} />
        </Figure>
      </Figures>
      <div className="grid grid-cols-1 items-start gap-3 md:grid-cols-3">
        <Totals title="Cash by kind" isEmpty={cash_totals.length === 0}>
          {cash_totals.map((total) => (
            <Fact key={totalName(total)} label={`${totalName(total)} (${total.count})`}>
              <Money value={`${total.direction === 'debit' ? '-' : ''}${total.amount}`} isChange />
            </Fact>
          ))}
        </Totals>
        <Positions title="At the beginning" state={opening} />
        <Positions title={is_complete ? 'At the end' : 'Now'} state={closing} />
      </div>
    </>
  );
}

interface TotalsProps {
  readonly title: string;
  readonly isEmpty: boolean;
  readonly children: React.ReactNode;
}

function Totals({ title, isEmpty, children }: TotalsProps) {
  return (
    <section className="card p-4">
      <h2 className="mb-2 font-medium">{title}</h2>
      {isEmpty ? <p className="text-muted">None</p> : <dl className="grid gap-1">{children}</dl>}
    </section>
  );
}

/** Total value and positions of a moment, at the prices of then. */
function Positions({ title, state }: { readonly title: string; readonly state: Statement['opening'] }) {
  return (
    <Totals title={title} isEmpty={false}>
      <Fact label="Total value">
        <Money value={state.total_value} className="font-medium" />
      </Fact>
      {state.positions.map(({ asset_id, quantity, market_value }) => (
        <Fact key={asset_id} label={asset_id}>
          <Quantity value={quantity} /> · <Money value={market_value} />
        </Fact>
      ))}
    </Totals>
  );
}

function Heads() {
  return (
    <>
      <Column>Movement</Column>
      <Column className="hidden sm:table-cell">Time</Column>
      <Column isNumeric>Amount</Column>
      <Column isNumeric className="hidden sm:table-cell">
        Balance after
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Fee
      </Column>
    </>
  );
}

function MovementRow({ movement }: { readonly movement: StatementMovement }) {
  const { at, unit, amount, balance, fees, description } = movement;
  const { hideAmounts } = useAppearance();
  const isCash = unit === 'USD';
  return (
    <Row>
      <RowHead isDense>
        <span className="grid py-1">
          <span className="font-medium">{movementName(movement)}</span>
          {/* Hidden with amounts, since descriptions contain quantities and free text. */}
          {description !== null && !hideAmounts && (
            <span className="text-xs wrap-anywhere text-muted">{description}</span>
          )}
          <span className="text-xs text-faint sm:hidden">
            <Time value={at} />
          </span>
        </span>
      </RowHead>
      <Cell isDense className="hidden text-muted sm:table-cell">
        <Time value={at} isExact />
      </Cell>
      <Cell isNumeric isDense>
        {isCash ? <Money value={amount} isChange /> : <Quantity value={amount} unit={unit} />}
      </Cell>
      <Cell isNumeric isDense className="hidden sm:table-cell">
        {isCash ? <Money value={balance} /> : <Quantity value={balance} unit={unit} />}
      </Cell>
      <Cell isNumeric isDense className="hidden md:table-cell">
        {fees !== null && <Money value={fees} />}
      </Cell>
    </Row>
  );
}
