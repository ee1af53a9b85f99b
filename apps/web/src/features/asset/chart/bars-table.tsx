import type { Bar } from '../../../api/market.ts';
import { formatQuantity } from '../../../format/numbers.ts';
import { Price } from '../../../ui/amounts.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';

const SHOWN_BARS = 200;
const PRICES = ['open', 'high', 'low', 'close'] as const;

/** The candles of the chart as a table, newest first. */
export function BarsTable({
  bars,
  priceScale,
}: {
  readonly bars: readonly Bar[];
  readonly priceScale: number;
}) {
  return (
    <div className="absolute inset-0 overflow-y-auto">
      <Table
        caption="Prices of the chart"
        head={
          <>
            <Column>Time</Column>
            <Column isNumeric>Open</Column>
            <Column isNumeric>High</Column>
            <Column isNumeric>Low</Column>
            <Column isNumeric>Close</Column>
            <Column isNumeric>Volume</Column>
          </>
        }
      >
        {bars
          .slice(-SHOWN_BARS)
          .toReversed()
          .map((bar) => (
            <Row key={bar.open_time}>
              <RowHead className="h-9 text-muted">
                <Time value={bar.open_time} />
              </RowHead>
              {PRICES.map((price) => (
                <Cell key={price} isNumeric className="h-9">
                  <Price value={bar[price]} priceScale={priceScale} />
                </Cell>
              ))}
              <Cell isNumeric className="h-9">
                {formatQuantity(bar.volume)}
              </Cell>
            </Row>
          ))}
      </Table>
    </div>
  );
}
