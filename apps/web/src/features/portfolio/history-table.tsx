import type { HistoryPoint } from '../../api/account/portfolio.ts';
import { Money } from '../../ui/amounts.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { resultAt } from './value-history.ts';

/** The points of the chart as a table, newest first. */
export function HistoryTable({ points }: { readonly points: readonly HistoryPoint[] }) {
  return (
    <div className="absolute inset-0 overflow-y-auto">
      <Table
        caption="Value over time"
        head={
          <>
            <Column>Time</Column>
            <Column isNumeric>Total value</Column>
            <Column isNumeric>Cash</Column>
            <Column isNumeric>Assets</Column>
            <Column isNumeric>Net deposits</Column>
            <Column isNumeric>P&L, all time</Column>
          </>
        }
      >
        {endsOf(points).map((point) => (
          <Row key={point.at}>
            <RowHead isDense className="text-muted">
              <Time value={point.at} isExact />
            </RowHead>
            <Cell isNumeric isDense>
              <Money value={point.total_value} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={point.cash} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={point.asset_value} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={point.net_deposits} />
            </Cell>
            <Cell isNumeric isDense>
              <Money value={resultAt(point)} isChange />
            </Cell>
          </Row>
        ))}
      </Table>
    </div>
  );
}

/** Returns the last point of each moment, newest first: a step has two points at one time. */
function endsOf(points: readonly HistoryPoint[]): HistoryPoint[] {
  return points.filter(({ at }, index) => points[index + 1]?.at !== at).toReversed();
}
