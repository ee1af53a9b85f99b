import type { AssetId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { candleIntervalSchema } from '@cnop/common/entities/inventory/candle';
import { sideOf } from '@cnop/common/entities/order/order';
import { useQuery } from '@tanstack/react-query';
import { Table2 } from 'lucide-react';
import { lazy, Suspense, useMemo } from 'react';
import type { Bar, MarketAsset } from '../../../api/market.ts';
import { candlesQuery } from '../../../api/market.ts';
import { openOrdersQuery, tradesQuery } from '../../../api/orders/orders.ts';
import { formatPercent, formatPrice, percentChange } from '../../../format/numbers.ts';
import { timeZoneName } from '../../../format/times.ts';
import { useLivePrice } from '../../../live/price-store.ts';
import { Button } from '../../../ui/button.tsx';
import { ORDER_TYPE_NAMES } from '../../../ui/order-names.ts';
import { Segmented } from '../../../ui/segmented.tsx';
import { ErrorBoundary, ErrorState, reloadPage, Skeleton } from '../../../ui/states.tsx';
import { summaryOf, withPrice } from './bars.ts';
import { BarsTable } from './bars-table.tsx';
import type { FillMark, PriceMark } from './price-chart.ts';

/** Loaded separately: it is half of the code of the page. */
const ChartCanvas = lazy(async () => ({ default: (await import('./chart-canvas.tsx')).ChartCanvas }));

const BARS = 500;
/** Ticks update the last candle; this repairs missed updates. */
const REFRESH_MILLISECONDS = 5 * 60_000;
const INTERVALS = candleIntervalSchema.options.map((value) => ({ value, label: value }));

interface ChartPanelProps {
  readonly asset: MarketAsset;
  readonly interval: CandleInterval;
  readonly isTable: boolean;
  readonly isSignedIn: boolean;
  readonly onInterval: (interval: CandleInterval) => void;
  readonly onTable: (isTable: boolean) => void;
}

/** The price history: as a chart, as a sentence and as a table. */
export function ChartPanel({ asset, interval, isTable, isSignedIn, onInterval, onTable }: ChartPanelProps) {
  const { asset_id: assetId, name } = asset;
  const {
    data: bars,
    error,
    refetch,
  } = useQuery({
    ...candlesQuery({ assetId, interval, limit: BARS }),
    staleTime: REFRESH_MILLISECONDS,
    refetchOnWindowFocus: false,
  });
  return (
    <figure aria-labelledby="chart-title" className="card flex min-w-0 flex-col">
      <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-3 py-2">
        <h2 id="chart-title" className="sr-only">
          Price of {name}
        </h2>
        <Segmented
          label="Timeframe"
          size="small"
          options={INTERVALS}
          value={interval}
          onChange={onInterval}
        />
        <Button size="small" tone="quiet" onClick={() => onTable(!isTable)}>
          <Table2 aria-hidden="true" className="size-3.5" />
          <span className="max-[420px]:sr-only">{isTable ? 'View as chart' : 'View as table'}</span>
        </Button>
      </div>
      <div className="relative h-72 sm:h-96 lg:h-[26rem]">
        {bars ? (
          <History asset={asset} interval={interval} isTable={isTable} isSignedIn={isSignedIn} bars={bars} />
        ) : error ? (
          <ErrorState title="The chart could not be loaded" error={error} onRetry={() => void refetch()} />
        ) : (
          <Skeleton className="absolute inset-3" />
        )}
      </div>
      <figcaption className="flex flex-wrap justify-between gap-x-4 gap-y-1 border-t border-line px-3 py-2 text-xs text-faint">
        <span className="min-h-13 sm:min-h-4">
          {bars && <Sentence asset={asset} interval={interval} bars={bars} />}
        </span>
        <span>
          {timeZoneName()} time ·{' '}
          <a href="https://www.tradingview.com/" rel="noreferrer" target="_blank" className="underline">
            Charts by TradingView
          </a>
        </span>
      </figcaption>
    </figure>
  );
}

type HistoryProps = Pick<ChartPanelProps, 'asset' | 'interval' | 'isTable' | 'isSignedIn'> & {
  readonly bars: readonly Bar[];
};

function History({ asset, interval, isTable, isSignedIn, bars }: HistoryProps) {
  const { asset_id: assetId, price_scale: priceScale } = asset;
  const { orders, fills } = useOwnMarks(assetId, isSignedIn);
  if (isTable) return <BarsTable bars={bars} priceScale={priceScale} />;
  return (
    <ErrorBoundary
      fallback={(error) => (
        <ErrorState title="The chart could not be shown" error={error} onRetry={reloadPage} />
      )}
    >
      <Suspense fallback={<Skeleton className="absolute inset-3" />}>
        <ChartCanvas
          key={`${assetId} ${interval}`}
          assetId={assetId}
          interval={interval}
          priceScale={priceScale}
          bars={bars}
          orders={orders}
          fills={fills}
        />
      </Suspense>
    </ErrorBoundary>
  );
}

type SentenceProps = Pick<HistoryProps, 'asset' | 'interval' | 'bars'>;

/** The chart as a sentence, up to the current price. */
function Sentence({ asset, interval, bars }: SentenceProps) {
  const { asset_id: assetId, price_scale: priceScale } = asset;
  const live = useLivePrice(assetId);
  const summary = useMemo(() => summaryOf(bars), [bars]);
  if (!summary) return 'There are no prices for this timeframe yet.';
  const { first, last, high, low } = live ? withPrice(summary, live.mid) : summary;
  const price = (text: string): string => formatPrice(text, priceScale);
  const change = formatPercent(percentChange(last, decimal(first)), { signed: true });
  const span = `${bars.length} ${bars.length === 1 ? 'candle' : 'candles'} of ${interval}`;
  return `${span}: last ${price(last)}, high ${price(high)}, low ${price(low)}, change ${change}.`;
}

/** Returns the user's open orders as lines and trades as arrows. Memoised, since every new array is drawn. */
function useOwnMarks(assetId: AssetId, isSignedIn: boolean) {
  const { data: open } = useQuery({ ...openOrdersQuery(assetId), enabled: isSignedIn });
  const { data: trades } = useQuery({ ...tradesQuery(assetId), enabled: isSignedIn });
  const orders = useMemo(
    () =>
      (open ?? []).flatMap(({ order_type, price, stop_price }): PriceMark[] => {
        const at = price ?? stop_price;
        const label = ORDER_TYPE_NAMES[order_type];
        return at === null ? [] : [{ price: at, label, isBuy: sideOf(order_type) === 'buy' }];
      }),
    [open],
  );
  const fills = useMemo(
    () =>
      (trades ?? []).flatMap(({ timestamp, transaction_type: type }): FillMark[] =>
        type === 'buy' || type === 'sell' ? [{ at: timestamp, isBuy: type === 'buy' }] : [],
      ),
    [trades],
  );
  return { orders, fills };
}
