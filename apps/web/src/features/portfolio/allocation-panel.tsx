import { decimal, formatPercentageOf } from '@cnop/common/core/money';
import { clsx } from 'clsx';
import type { PieArcDatum } from 'd3-shape';
import { arc, pie } from 'd3-shape';
import { useMemo } from 'react';
import type { Portfolio } from '../../api/account/portfolio.ts';
import { formatPercent, toChartNumber } from '../../format/numbers.ts';
import { Money } from '../../ui/amounts.tsx';
import { Skeleton } from '../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../ui/table.tsx';
import type { Slice } from './allocation.ts';
import { allocationOf } from './allocation.ts';
import { usePortfolioValues } from './portfolio-values.ts';

const FRAME = 'card flex min-w-0 flex-col';
const DONUT_FRAME = 'relative mx-auto size-40 shrink-0 sm:size-44';

/** The allocation of the account as a donut and a table. */
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
        <div className={DONUT_FRAME}>
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

const RADIUS = 50;
const HOLE = 34;
const GAP_RADIANS = 0.03;

/** Distinguishable with colour blindness. */
const COLOURS = ['slice-1', 'slice-2', 'slice-3', 'slice-4', 'slice-5', 'slice-6'] as const;

/** Returns the CSS colour of a slice. */
function colourOf({ kind }: Slice, index: number): string {
  return kind === 'cash' ? 'var(--slice-cash)' : `var(--${COLOURS[index % COLOURS.length]})`;
}

/** The slices as a donut. Hidden from screen readers: the table beside it has the same content. */
function Donut({ slices, className }: { readonly slices: readonly Slice[]; readonly className?: string }) {
  const arcs = pie<Slice>()
    .value(({ value }) => toChartNumber(value))
    .sort(null)
    .padAngle(slices.length > 1 ? GAP_RADIANS : 0)([...slices]);
  const shape = arc<PieArcDatum<Slice>>().innerRadius(HOLE).outerRadius(RADIUS).cornerRadius(1);
  return (
    <svg
      aria-hidden="true"
      viewBox={`${-RADIUS} ${-RADIUS} ${2 * RADIUS} ${2 * RADIUS}`}
      className={clsx('block', className)}
    >
      {arcs.map((slice) => (
        <path
          key={`${slice.data.kind} ${slice.data.label}`}
          d={shape(slice) ?? ''}
          style={{ fill: colourOf(slice.data, slice.index) }}
        />
      ))}
    </svg>
  );
}
