import type { IsoTime } from '@cnop/common/core/brands';
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

/** Visible candles at first; earlier ones can be scrolled to. */
const MAX_SHOWN_BARS = 120;
const MIN_SHOWN_BARS = 30;
const BAR_PIXELS = 7;

/** An open order of the user, drawn at its price. */
export interface PriceMark {
  readonly price: string;
  readonly label: string;
  readonly isBuy: boolean;
}

/** A trade of the user. */
export interface FillMark {
  readonly at: IsoTime;
  readonly isBuy: boolean;
}

export interface PriceChart {
  /** Shows candles. The first call scrolls to the latest ones; later calls keep the visible range. */
  setBars(bars: readonly Bar[]): void;
  /** Updates the last candle or adds one, and keeps the visible range. */
  updateBar(bar: Bar): void;
  setOrders(orders: readonly PriceMark[]): void;
  setFills(fills: readonly FillMark[]): void;
  /** Redraws with the colours of the current theme. */
  recolour(): void;
  remove(): void;
}

/** Returns the range of the latest candles that fit. */
function firstRange(bars: number, widthPixels: number) {
  const fitting = Math.min(widthPixels / BAR_PIXELS, MAX_SHOWN_BARS, bars);
  return { from: bars - Math.max(fitting, MIN_SHOWN_BARS), to: bars + RIGHT_OFFSET_BARS };
}

/** Creates a canvas with candles, volumes, and the user's orders and trades. */
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
