import type { IsoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { pastPortfolioQuery } from '../../api/account/portfolio.ts';
import { percentChange, scaleOf } from '../../format/numbers.ts';
import { Money, Percent, Price, Quantity } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { useRested } from '../../ui/use-rested.ts';

const SKELETON_ROWS = 3;

interface PastHoldingsProps {
  readonly at: IsoTime;
  readonly onNow: () => void;
}

/** The positions as they were at a moment, with their value and cost of then. */
export function PastHoldings({ at, onNow }: PastHoldingsProps) {
  // The slider passes many moments on its way.
  const rested = useRested(at);
  const { data, error, refetch, isPlaceholderData } = useQuery({
    ...pastPortfolioQuery(rested),
    placeholderData: keepPreviousData,
  });
  const isBehind = isPlaceholderData || rested !== at;
  return (
    <section aria-labelledby="past-title" aria-busy={isBehind} className="card">
      <div className="flex min-h-11 flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 id="past-title" className="font-medium">
          Positions on <Time value={at} isExact />
        </h2>
        <Button size="small" onClick={onNow}>
          Back to now
        </Button>
      </div>
      {data ? (
        <div className={isBehind ? 'opacity-60' : undefined}>
          <PastPositions portfolio={data} />
        </div>
      ) : error ? (
        <ErrorState
          title="The positions of then could not be loaded"
          error={error}
          onRetry={() => void refetch()}
        />
      ) : (
        <SkeletonRows label="Loading the positions of then" rows={SKELETON_ROWS} />
      )}
    </section>
  );
}

function PastPositions({ portfolio: { assets, usd_balance } }: { readonly portfolio: Portfolio }) {
  return (
    <>
      {assets.length === 0 ? (
        <EmptyState title="You held no assets then" />
      ) : (
        <Table caption="Positions of then" head={<Heads />}>
          {assets.map((holding) => (
            <Row key={holding.asset_id}>
              <RowHead>
                <span className="font-medium">{holding.asset_id}</span>{' '}
                <span className="text-xs text-faint sm:hidden">
                  <Quantity value={holding.quantity} />
                </span>
              </RowHead>
              <Cell isNumeric className="hidden sm:table-cell">
                <Quantity value={holding.quantity} />
              </Cell>
              <Cell isNumeric className="hidden md:table-cell">
                <Price value={holding.current_price} priceScale={scaleOf(holding.current_price)} />
              </Cell>
              <Cell isNumeric className="hidden text-muted md:table-cell">
                <Money value={holding.total_invested} />
              </Cell>
              <Cell isNumeric>
                <Money value={holding.market_value} className="font-medium" />
              </Cell>
              <Cell isNumeric>
                <Money value={holding.unrealized_pnl} isChange />
                <Percent
                  value={percentChange(holding.market_value, decimal(holding.total_invested))}
                  className="block text-xs"
                />
              </Cell>
            </Row>
          ))}
        </Table>
      )}
      <p className="border-t border-line px-4 py-2.5 text-sm text-muted">
        Cash <Money value={usd_balance} className="font-medium text-ink" />
      </p>
    </>
  );
}

function Heads() {
  return (
    <>
      <Column>Asset</Column>
      <Column isNumeric className="hidden sm:table-cell">
        Quantity
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Price
      </Column>
      <Column isNumeric className="hidden md:table-cell">
        Cost
      </Column>
      <Column isNumeric>Value</Column>
      <Column isNumeric>P&L</Column>
    </>
  );
}
