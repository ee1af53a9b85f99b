import { clsx } from 'clsx';
import type { PieArcDatum } from 'd3-shape';
import { arc, pie } from 'd3-shape';
import { toChartNumber } from '../../format/numbers.ts';
import type { Slice } from './allocation.ts';

const RADIUS = 50;
const HOLE = 34;
const GAP_RADIANS = 0.03;

/** Told apart by colour-blind people as well; cash is no bet on anything, so it has no colour. */
const COLOURS = ['slice-1', 'slice-2', 'slice-3', 'slice-4', 'slice-5', 'slice-6'] as const;

/** The colour of a slice as the value of a style. */
export function colourOf({ kind }: Slice, index: number): string {
  return kind === 'cash' ? 'var(--slice-cash)' : `var(--${COLOURS[index % COLOURS.length]})`;
}

/** The slices as a ring. Only for the eye: the table beside it says the same. */
export function Donut({
  slices,
  className,
}: {
  readonly slices: readonly Slice[];
  readonly className?: string;
}) {
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
