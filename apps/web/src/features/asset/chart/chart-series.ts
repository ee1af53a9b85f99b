import type { IsoTime } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { Time, UTCTimestamp } from 'lightweight-charts';
import {
  CandlestickSeries,
  ColorType,
  CrosshairMode,
  createChart,
  HistogramSeries,
} from 'lightweight-charts';
import type { Bar } from '../../../api/market.ts';
import { chartStep, formatPlainPrice, fromChartNumber, toChartNumber } from '../../../format/numbers.ts';
import { formatDateTime, formatDay, formatMinute } from '../../../format/times.ts';
import type { ChartColours } from './chart-colours.ts';

const MILLISECONDS_PER_SECOND = 1_000;
/** The share of the height kept free above volumes. */
const VOLUME_TOP_MARGIN = 0.82;
const VOLUME_SCALE = 'volume';
/** Space to the right of the last candle, in candles. */
export const RIGHT_OFFSET_BARS = 4;

export interface PriceChartOptions {
  readonly priceScale: number;
  readonly interval: CandleInterval;
}

/** Creates an empty chart with its two series, without colours. */
export function createSeries(container: HTMLElement, { priceScale, interval }: PriceChartOptions) {
  const chart = createChart(container, {
    autoSize: true,
    // The logo would need an inline style; the page credits the library in text.
    layout: { attributionLogo: false, fontSize: 11 },
    localization: {
      priceFormatter: (price: number) => formatPlainPrice(fromChartNumber(price, priceScale), priceScale),
      timeFormatter: (time: Time) => formatDateTime(isoTime(momentOf(time))),
    },
    crosshair: { mode: CrosshairMode.Normal },
    rightPriceScale: { borderVisible: false },
    timeScale: {
      borderVisible: false,
      rightOffset: RIGHT_OFFSET_BARS,
      // Rotating a phone keeps the visible range.
      lockVisibleTimeRangeOnResize: true,
      timeVisible: true,
      secondsVisible: false,
      tickMarkFormatter: (time: Time) => tickText(momentOf(time), interval),
    },
    // Scrolling the page on a phone must not stop at the chart.
    handleScroll: { vertTouchDrag: false },
  });
  const candles = chart.addSeries(CandlestickSeries, {
    borderVisible: false,
    priceFormat: { type: 'price', precision: priceScale, minMove: chartStep(priceScale) },
  });
  const volumes = chart.addSeries(HistogramSeries, {
    priceScaleId: VOLUME_SCALE,
    priceFormat: { type: 'volume' },
    lastValueVisible: false,
    priceLineVisible: false,
  });
  chart.priceScale(VOLUME_SCALE).applyOptions({ scaleMargins: { top: VOLUME_TOP_MARGIN, bottom: 0 } });
  return { chart, candles, volumes };
}

type ChartSeries = ReturnType<typeof createSeries>;

export function paintSeries({ chart, candles }: ChartSeries, colours: ChartColours): void {
  chart.applyOptions({
    layout: { background: { type: ColorType.Solid, color: colours.ground }, textColor: colours.text },
    grid: { vertLines: { color: colours.line }, horzLines: { color: colours.line } },
    crosshair: {
      vertLine: { color: colours.crosshair, labelBackgroundColor: colours.text },
      horzLine: { color: colours.crosshair, labelBackgroundColor: colours.text },
    },
  });
  candles.applyOptions({
    upColor: colours.gain,
    wickUpColor: colours.gain,
    downColor: colours.loss,
    wickDownColor: colours.loss,
  });
}

export function chartTimeOf(at: IsoTime): UTCTimestamp {
  return Math.floor(Date.parse(at) / MILLISECONDS_PER_SECOND) as UTCTimestamp;
}

export function candlePointOf({ open_time, open, high, low, close }: Bar) {
  return {
    time: chartTimeOf(open_time),
    open: toChartNumber(open),
    high: toChartNumber(high),
    low: toChartNumber(low),
    close: toChartNumber(close),
  };
}

export function volumePointOf({ open_time, open, close, volume }: Bar, colours: ChartColours) {
  return {
    time: chartTimeOf(open_time),
    value: toChartNumber(volume),
    color: decimal(close).gte(open) ? colours.volumeUp : colours.volumeDown,
  };
}

/** The app passes only seconds to the library. */
function momentOf(time: Time): Date {
  return new Date((time as UTCTimestamp) * MILLISECONDS_PER_SECOND);
}

/** Returns the label of a moment on the axis: the day at midnight and for daily candles, else the time. */
function tickText(at: Date, interval: CandleInterval): string {
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return interval === '1d' || isMidnight ? formatDay(at) : formatMinute(at);
}
