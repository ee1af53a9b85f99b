import { decimal, formatUsd } from '@cnop/common/core/money';
import { settlementOf } from '@cnop/common/trading/settlement';
import { useQuery } from '@tanstack/react-query';
import type { MarketAsset } from '../../api/market.ts';
import { assetsQuery } from '../../api/market.ts';
import { formatMoney, formatPrice } from '../../format/numbers.ts';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { Fact } from '../../ui/figures.tsx';
import { Skeleton } from '../../ui/states.tsx';

const QUANTITY = '0.1';
const CASH_USD = '50000.00';

/** Shows visitors what a ticket says before an order is placed, at the current price. */
export function ExampleReceipt() {
  const { data: assets } = useQuery(assetsQuery());
  const asset = assets?.find(({ is_active }) => is_active);
  return (
    <section aria-labelledby="example-title" className="card hidden w-80 gap-2.5 p-4 md:grid">
      <h2 id="example-title" className="text-xs font-medium text-faint">
        An order before it is placed
      </h2>
      {asset ? <Receipt asset={asset} /> : <Skeleton className="h-32 w-full" />}
    </section>
  );
}

function Receipt({ asset }: { readonly asset: MarketAsset }) {
  const { ask } = useAssetPrice(asset);
  const { symbol, price_scale: priceScale, fee_bps } = asset;
  const { fees: fee, cash: cost } = settlementOf('buy', {
    quantity: decimal(QUANTITY),
    price: ask,
    feeBps: fee_bps,
  });
  const money = (amount: typeof cost): string => formatMoney(formatUsd(amount));
  return (
    <div className="grid h-32 content-between">
      <p className="font-medium">
        Buy {QUANTITY} {symbol} at the market
      </p>
      <dl className="grid gap-1 text-sm">
        <Fact label="Price now">
          <span className="numeric">{formatPrice(ask, priceScale)}</span>
        </Fact>
        <Fact label="Fee">
          <span className="numeric">{money(fee)}</span>
        </Fact>
        <Fact label="You pay">
          <span className="numeric font-semibold">{money(cost)}</span>
        </Fact>
        <Fact label="Cash">
          <span className="numeric">
            <span className="text-muted">{formatMoney(CASH_USD)}</span> →{' '}
            {money(decimal(CASH_USD).minus(cost))}
          </span>
        </Fact>
      </dl>
    </div>
  );
}
