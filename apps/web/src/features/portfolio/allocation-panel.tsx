import { decimal, formatPercentageOf } from '@cnop/common/core/money';
import { useMemo } from 'react';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { formatPercent } from '../../format/numbers.ts';
import { Money } from '../../ui/amounts.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import { allocationOf } from './allocation.ts';
import { colourOf, Donut } from './donut.tsx';
import { usePortfolioValues } from './use-portfolio-values.ts';

const FRAME = 'card flex min-w-0 flex-col';
const DONUT = 'relative mx-auto size-40 shrink-0 sm:size-44';

/** How the account is divided: as a ring, and in numbers. */
export function AllocationPanel({ portfolio }: { readonly portfolio: Portfolio }) {
  const { holdings, total, assets } = usePortfolioValues(portfolio);
  const slices = useMemo(
    () =>
      allocationOf(
        [...holdings].map(([id, value]) => ({ id, value })),
        portfolio.usd_balance,
      ),
    [holdings, portfolio.usd_balance],
  );
  return (
    <section aria-labelledby="allocation-title" className={FRAME}>
      <Title />
      <div className="grid flex-1 content-center gap-2 py-4 sm:grid-cols-[auto_minmax(0,1fr)] sm:items-center lg:grid-cols-1">
        <div className={DONUT}>
          <Donut slices={slices} className="size-full" />
          <p className="absolute inset-0 grid place-content-center text-center">
            <span className="numeric text-lg font-semibold">
              {formatPercent(formatPercentageOf(decimal(assets), decimal(total)))}
            </span>
            <span className="text-xs text-faint">in assets</span>
          </p>
        </div>
        <Table
          caption="Allocation"
          head={
            <>
              <Column>Part</Column>
              <Column isNumeric>Share</Column>
              <Column isNumeric>Value</Column>
            </>
          }
        >
          {slices.map((slice, index) => (
            <Row key={`${slice.kind} ${slice.label}`}>
              <RowHead isDense>
                <span className="flex items-center gap-2 whitespace-nowrap">
                  <span
                    aria-hidden="true"
                    className="size-2.5 shrink-0 rounded-xs"
                    style={{ background: colourOf(slice, index) }}
                  />
                  {slice.label}
                </span>
              </RowHead>
              <Cell isNumeric isDense>
                {formatPercent(slice.share)}
              </Cell>
              <Cell isNumeric isDense>
                <Money value={slice.value} />
              </Cell>
            </Row>
          ))}
        </Table>
      </div>
    </section>
  );
}

function Title() {
  return (
    <h2 id="allocation-title" className="border-b border-line px-4 py-2.5 font-medium">
      Allocation
    </h2>
  );
}

export function AllocationSkeleton() {
  return (
    <div role="status" aria-label="Loading the allocation" className={FRAME}>
      <Title />
      <div className="grid flex-1 content-center gap-4 p-4">
        <Skeleton className="mx-auto size-40 rounded-full sm:size-44" />
        <Skeleton className="h-32 w-full" />
      </div>
    </div>
  );
}
