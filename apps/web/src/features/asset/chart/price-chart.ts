import type { IPriceLine, Time } from 'lightweight-charts';
import { createSeriesMarkers, LineStyle } from 'lightweight-charts';
import type { Bar } from '../../../api/market.ts';
import { toChartNumber } from '../../../format/numbers.ts';
import { readChartColours } from './chart-colours.ts';
import type { PriceChartOptions } from './chart-series.ts';
import {
  candlePointOf,
  chartTimeOf,
  createSeries,
  paintSeries,
  RIGHT_OFFSET_BARS,
  volumePointOf,
} from './chart-series.ts';

/** Candles in sight at first, by what fits; the rest is a drag away. */
const MAX_SHOWN_BARS = 120;
const MIN_SHOWN_BARS = 30;
const BAR_PIXELS = 7;

/** An own order that waits for a price. */
export interface PriceMark {
  readonly price: string;
  readonly label: string;
  readonly isBuy: boolean;
}

/** An own trade. */
export interface FillMark {
  readonly at: string;
  readonly isBuy: boolean;
}

export interface PriceChart {
  /** Shows candles: the first time from their end, later wherever the user has gone. */
  setBars(bars: readonly Bar[]): void;
  /** Draws the last candle anew, or one more; what is in sight stays in sight. */
  updateBar(bar: Bar): void;
  setOrders(orders: readonly PriceMark[]): void;
  setFills(fills: readonly FillMark[]): void;
  /** Reads the colours of the theme again. */
  recolour(): void;
  remove(): void;
}

/** The latest candles, as many as fit. */
function firstRange(bars: number, widthPixels: number) {
  const fitting = Math.min(widthPixels / BAR_PIXELS, MAX_SHOWN_BARS, bars);
  return { from: bars - Math.max(fitting, MIN_SHOWN_BARS), to: bars + RIGHT_OFFSET_BARS };
}

/** Candles, volumes, own orders and own trades on a canvas. */
export function createPriceChart(container: HTMLElement, options: PriceChartOptions): PriceChart {
  const series = createSeries(container, options);
  const { chart, candles, volumes } = series;
  const markers = createSeriesMarkers<Time>(candles, []);
  let colours = readChartColours();
  let bars: readonly Bar[] = [];
  let fills: readonly FillMark[] = [];
  let orders: readonly PriceMark[] = [];
  let lines: IPriceLine[] = [];

  const colourOf = (isBuy: boolean): string => (isBuy ? colours.gain : colours.loss);
  const drawOrders = (): void => {
    for (const line of lines) candles.removePriceLine(line);
    lines = orders.map(({ price, label, isBuy }) =>
      candles.createPriceLine({
        price: toChartNumber(price),
        title: label,
        color: colourOf(isBuy),
        lineStyle: LineStyle.Dashed,
        lineWidth: 1,
        axisLabelVisible: true,
      }),
    );
  };
  const drawFills = (): void => {
    const [first] = bars;
    const inRange = fills.filter(({ at }) => first !== undefined && at >= first.open_time);
    markers.setMarkers(
      inRange.map(({ at, isBuy }) => ({
        time: chartTimeOf(at),
        position: isBuy ? ('belowBar' as const) : ('aboveBar' as const),
        shape: isBuy ? ('arrowUp' as const) : ('arrowDown' as const),
        color: colourOf(isBuy),
      })),
    );
  };
  paintSeries(series, colours);

  return {
    setBars(next) {
      const isFirst = bars.length === 0;
      bars = next;
      candles.setData(bars.map(candlePointOf));
      volumes.setData(bars.map((bar) => volumePointOf(bar, colours)));
      drawFills();
      if (isFirst) chart.timeScale().setVisibleLogicalRange(firstRange(bars.length, container.clientWidth));
    },
    updateBar(bar) {
      candles.update(candlePointOf(bar));
      volumes.update(volumePointOf(bar, colours));
    },
    setOrders(next) {
      orders = next;
      drawOrders();
    },
    setFills(next) {
      fills = next.toSorted((one, other) => (one.at < other.at ? -1 : 1));
      drawFills();
    },
    recolour() {
      colours = readChartColours();
      paintSeries(series, colours);
      volumes.setData(bars.map((bar) => volumePointOf(bar, colours)));
      drawOrders();
      drawFills();
    },
    remove: () => chart.remove(),
  };
}
