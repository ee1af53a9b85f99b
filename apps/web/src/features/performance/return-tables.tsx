import type { GrowthPoint, MonthReturn } from '../../api/account/performance.ts';
import { formatMonth } from '../../format/times.ts';
import { Money, Percent } from '../../ui/amounts.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { percentOf } from './performance-words.ts';

interface GrowthTableProps {
  readonly points: readonly GrowthPoint[];
  readonly benchmark: string | undefined;
}

/** The points of the chart as a table, newest first. */
export function GrowthTable({ points, benchmark }: GrowthTableProps) {
  return (
    <div className="absolute inset-0 overflow-y-auto">
      <Table
        caption="Returns over time"
        head={
          <>
            <Column>Time</Column>
            <Column isNumeric>Return</Column>
            {benchmark !== undefined && <Column isNumeric>{benchmark}</Column>}
          </>
        }
      >
        {points.toReversed().map((point) => (
          <Row key={point.at}>
            <RowHead isDense className="text-muted">
              <Time value={point.at} isExact />
            </RowHead>
            <Cell isNumeric isDense>
              <Percent value={percentOf(point.return)} />
            </Cell>
            {benchmark !== undefined && (
              <Cell isNumeric isDense>
                <Percent value={percentOf(point.benchmark_return)} />
              </Cell>
            )}
          </Row>
        ))}
      </Table>
    </div>
  );
}

interface MonthsTableProps {
  readonly months: readonly MonthReturn[];
  readonly benchmark: string | undefined;
}

/** The calendar months of a period, newest first. */
export function MonthsTable({ months, benchmark }: MonthsTableProps) {
  if (months.length === 0) return null;
  return (
    <section aria-labelledby="months-title" className="card min-w-0">
      <h2 id="months-title" className="border-b border-line px-4 py-2.5 font-medium">
        Months
      </h2>
      <Table
        caption="Months"
        head={
          <>
            <Column>Month</Column>
            <Column isNumeric>Return</Column>
            {benchmark !== undefined && <Column isNumeric>{benchmark}</Column>}
            <Column isNumeric>Gain</Column>
            <Column isNumeric>Paid in</Column>
            <Column isNumeric>Paid out</Column>
          </>
        }
      >
        {months.toReversed().map((month) => (
          <Row key={month.month}>
            <RowHead isDense>{formatMonth(new Date(`${month.month}-15T12:00:00.000Z`))}</RowHead>
            <Cell isNumeric isDense>
              <Percent value={percentOf(month.return)} />
            </Cell>
            {benchmark !== undefined && (
              <Cell isNumeric isDense>
                <Percent value={percentOf(month.benchmark_return)} />
              </Cell>
            )}
            <Cell isNumeric isDense>
              <Money value={month.gain} isChange />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={month.paid_in} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={month.paid_out} />
            </Cell>
          </Row>
        ))}
      </Table>
    </section>
  );
}
