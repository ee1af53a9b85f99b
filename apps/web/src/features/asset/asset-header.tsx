import type { ReactNode } from 'react';
import type { MarketAsset } from '../../api/market.ts';
import { formatCompactMoney } from '../../format/numbers.ts';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { Percent, Price, TickingPrice } from '../../ui/amounts.tsx';
import { AssetBadge, AssetStatusBadge } from '../../ui/badge.tsx';

/** The name, the price and the key figures of an asset. */
export function AssetHeader({ asset }: { readonly asset: MarketAsset }) {
  const { mid, bid, ask, changePercent } = useAssetPrice(asset);
  const { name, symbol, price_scale: priceScale } = asset;
  return (
    <header className="card flex flex-wrap items-center gap-x-6 gap-y-3 px-4 py-3">
      <div className="flex items-center gap-3">
        <AssetBadge symbol={symbol} size="large" />
        <div>
          <h1 className="flex items-center gap-2 text-base font-semibold">
            {name} <AssetStatusBadge status={asset.status} />
          </h1>
          <p className="text-xs text-faint">{symbol} / USD</p>
        </div>
      </div>
      <div className="grid">
        <TickingPrice value={mid} priceScale={priceScale} className="text-xl font-semibold" />
        <span className="text-sm">
          <Percent value={changePercent} /> <span className="text-faint">24 h</span>
        </span>
      </div>
      <dl className="flex flex-wrap gap-x-6 gap-y-2 text-sm">
        <Figure label="Bid">
          <Price value={bid} priceScale={priceScale} />
        </Figure>
        <Figure label="Ask">
          <Price value={ask} priceScale={priceScale} />
        </Figure>
        <Figure label="24 h high">
          <Price value={asset.high_24h} priceScale={priceScale} />
        </Figure>
        <Figure label="24 h low">
          <Price value={asset.low_24h} priceScale={priceScale} />
        </Figure>
        {asset.volume_24h !== null && asset.volume_24h > 0 && (
          <Figure label="24 h volume">{formatCompactMoney(asset.volume_24h)}</Figure>
        )}
        {asset.market_cap !== null && (
          <Figure label="Market cap">{formatCompactMoney(asset.market_cap)}</Figure>
        )}
      </dl>
    </header>
  );
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="numeric">{children}</dd>
    </div>
  );
}
