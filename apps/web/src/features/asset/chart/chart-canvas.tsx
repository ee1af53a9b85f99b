import type { AssetId } from '@cnop/common/core/brands';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { useEffect, useRef } from 'react';
import type { Bar } from '../../../api/market.ts';
import { latestPrice, onPrice } from '../../../live/price-store.ts';
import { useAppearance } from '../../../settings/appearance.ts';
import { barAfterPrice } from './bars.ts';
import type { FillMark, PriceChart, PriceMark } from './price-chart.ts';
import { createPriceChart } from './price-chart.ts';

export interface ChartCanvasProps {
  readonly assetId: AssetId;
  readonly interval: CandleInterval;
  readonly priceScale: number;
  readonly bars: readonly Bar[];
  readonly orders: readonly PriceMark[];
  readonly fills: readonly FillMark[];
}

/**
 * The chart of one asset and one timeframe, which its key must contain. It draws outside of React, so a tick updates
 * one candle and renders no component.
 */
export function ChartCanvas({ assetId, interval, priceScale, bars, orders, fills }: ChartCanvasProps) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<PriceChart>(undefined);
  const appearance = useAppearance();

  useEffect(() => {
    if (!container.current) return undefined;
    const made = createPriceChart(container.current, { priceScale, interval });
    chart.current = made;
    return () => {
      chart.current = undefined;
      made.remove();
    };
  }, [priceScale, interval]);

  useEffect(() => {
    chart.current?.setBars(bars);
    let last = bars.at(-1);
    const draw = (): void => {
      const price = latestPrice(assetId);
      if (!price || !last) return;
      last = barAfterPrice(last, price, interval);
      chart.current?.updateBar(last);
    };
    draw();
    return onPrice(assetId, draw);
  }, [assetId, interval, bars]);

  useEffect(() => chart.current?.setOrders(orders), [orders]);
  useEffect(() => chart.current?.setFills(fills), [fills]);
  useEffect(() => chart.current?.recolour(), [appearance]);

  // The sentence and the table have the same content for screen readers.
  return <div ref={container} aria-hidden="true" className="absolute inset-0" />;
}
