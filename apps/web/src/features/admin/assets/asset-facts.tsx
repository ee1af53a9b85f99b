import type { MarketAsset } from '../../../api/market/assets.ts';
import { formatCompactMoney, formatQuantity, MISSING } from '../../../format/numbers.ts';
import { Fact } from '../../../ui/fact.tsx';
import { CATEGORY_NAMES } from './asset-words.ts';

/** An asset for whoever may not edit it. */
export function AssetFacts({ asset }: { readonly asset: MarketAsset }) {
  return (
    <section aria-label="What it is" className="card grid gap-3 p-4">
      {asset.description && <p className="max-w-prose text-muted">{asset.description}</p>}
      <dl className="grid gap-x-12 gap-y-2 sm:grid-cols-2">
        <Fact label="Symbol">{asset.symbol}</Fact>
        <Fact label="Category">{CATEGORY_NAMES[asset.category]}</Fact>
        <Fact label="Fee">{asset.fee_bps} bps</Fact>
        <Fact label="Spread">{asset.spread_bps} bps</Fact>
        <Fact label="Digits of a price">{asset.price_scale}</Fact>
        <Fact label="Digits of a quantity">{asset.quantity_scale}</Fact>
        <Fact label="Daily volatility">{asset.daily_volatility_bps} bps</Fact>
        <Fact label="Rank">{asset.market_cap_rank ?? MISSING}</Fact>
        <Fact label="Circulating supply">{formatQuantity(asset.circulating_supply)}</Fact>
        <Fact label="Market cap">{formatCompactMoney(asset.market_cap)}</Fact>
        <Fact label="24 h volume">{formatCompactMoney(asset.volume_24h)}</Fact>
      </dl>
    </section>
  );
}
