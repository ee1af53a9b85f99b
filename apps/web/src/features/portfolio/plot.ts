import { area, line } from 'd3-shape';
import { fromChartNumber, toChartNumber } from '../../format/numbers.ts';
import type { SeriesPoint } from './value-history.ts';

/** Size of the drawing, which is stretched to its frame. */
export const PLOT_WIDTH = 1_000;
export const PLOT_HEIGHT = 300;
/** Margin above the highest and below the lowest point, as a share of their distance. */
const MARGIN = 0.08;
const MAX_TICKS = 4;
/** Smaller distances are below a cent. */
const SMALLEST_DISTANCE = 0.01;
const CENTS = 2;

export interface PlotPoint {
  /** Shares of the width and the height, from the left and the top. */
  readonly x: number;
  readonly y: number;
  readonly point: SeriesPoint;
}

export interface Plot {
  readonly line: string;
  readonly area: string;
  readonly points: readonly PlotPoint[];
  /** Round amounts and their positions from the top. */
  readonly ticks: readonly { readonly value: string; readonly y: number }[];
}

/**
 * Plots a series over time.
 * @param points at least two, oldest first
 * @param isFromZero whether the area starts at the zero line instead of the bottom
 */
export function plotOf(points: readonly SeriesPoint[], isFromZero: boolean): Plot {
  const times = points.map(({ at }) => Date.parse(at));
  const values = points.map(({ value }) => toChartNumber(value));
  const [start = 0, end = 0] = [times[0], times.at(-1)];
  const span = end - start || 1;
  const scale = scaleOf(isFromZero ? [...values, 0] : values);
  const placed = points.map((point, index) => ({
    x: ((times[index] ?? start) - start) / span,
    y: scale.y(values[index] ?? 0),
    point,
  }));
  const ground = PLOT_HEIGHT * (isFromZero ? scale.y(0) : 1);
  return {
    line: line<PlotPoint>(left, top)(placed) ?? '',
    area: area<PlotPoint>(left, ground, top)(placed) ?? '',
    points: placed,
    ticks: ticksBetween(scale.low, scale.high).map((value) => ({
      value: fromChartNumber(value, CENTS),
      y: scale.y(value),
    })),
  };
}

/** Returns the point nearest to a share of the width; the later one of a step. */
export function pointNearest({ points }: Plot, x: number): PlotPoint | undefined {
  return points.reduce<PlotPoint | undefined>(
    (nearest, point) => (nearest && Math.abs(nearest.x - x) < Math.abs(point.x - x) ? nearest : point),
    undefined,
  );
}

function left({ x }: PlotPoint): number {
  return x * PLOT_WIDTH;
}

function top({ y }: PlotPoint): number {
  return y * PLOT_HEIGHT;
}

function scaleOf(values: readonly number[]) {
  const [lowest, highest] = [Math.min(...values), Math.max(...values)];
  const distance = highest - lowest;
  // A constant value is a line in the middle.
  const margin = distance < SMALLEST_DISTANCE ? Math.max(Math.abs(highest) * MARGIN, 1) : distance * MARGIN;
  const [low, high] = [lowest - margin, highest + margin];
  return { low, high, y: (value: number) => (high - value) / (high - low) };
}

/** Returns at most four round numbers within a range. */
function ticksBetween(low: number, high: number): number[] {
  const rough = (high - low) / MAX_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  // Below a cent, two ticks would have the same label.
  const step = Math.max(
    power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10),
    SMALLEST_DISTANCE,
  );
  const count = Math.floor(high / step) - Math.ceil(low / step) + 1;
  return Array.from({ length: count }, (_, index) => (Math.ceil(low / step) + index) * step);
}
