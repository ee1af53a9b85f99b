import { Link } from '@tanstack/react-router';
import type { MarketAsset } from '../../../api/market.ts';
import { formatCompactMoney, formatQuantity, MISSING } from '../../../format/numbers.ts';
import { useAssetPrice } from '../../../live/use-asset-price.ts';
import { TickingPrice } from '../../../ui/amounts.tsx';
import { AssetBadge, Badge, STATUS_NAMES, STATUS_TONES } from '../../../ui/badge.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Permissions } from '../permissions.ts';
import { AssetActions } from './asset-actions.tsx';
import { CATEGORY_NAMES, STATUS_MEANINGS } from './asset-words.ts';
import { EditAsset } from './edit-asset.tsx';
import { PriceProposals } from './price-proposals.tsx';

interface ManagedAssetProps {
  readonly asset: MarketAsset;
  readonly permissions: Permissions;
}

/** One asset: its state, its actions and, for administrators, its fields. */
export function ManagedAsset({ asset, permissions }: ManagedAssetProps) {
  const { asset_id, name, symbol, status } = asset;
  const { mid } = useAssetPrice(asset);
  return (
    <div className="grid grid-cols-1 gap-4">
      <header className="card flex flex-wrap items-center justify-between gap-x-6 gap-y-3 p-4">
        <div className="flex min-w-0 items-center gap-3">
          <AssetBadge symbol={symbol} size="large" />
          <div className="min-w-0">
            <h1 className="flex flex-wrap items-center gap-2 text-base font-semibold">
              <span className="wrap-anywhere">{name}</span>
              <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>
            </h1>
            <p className="text-xs text-faint">
              <Link
                to="/assets/$assetId"
                params={{ assetId: asset_id }}
                className="inline-flex min-h-6 items-center text-accent hover:underline"
              >
                {asset_id} on the market
              </Link>
              {' · '}edited <Time value={asset.updated_at} />
            </p>
          </div>
        </div>
        <div className="grid">
          <TickingPrice value={mid} priceScale={asset.price_scale} className="text-xl font-semibold" />
          <span className="text-sm text-faint">{STATUS_MEANINGS[status]}</span>
        </div>
        {permissions.managesTrading && <AssetActions asset={asset} look="buttons" />}
      </header>
      <PriceProposals permissions={permissions} assetId={asset_id} />
      {permissions.editsAssets ? <EditAsset asset={asset} /> : <AssetFacts asset={asset} />}
    </div>
  );
}

/** The fields of an asset, read only. */
function AssetFacts({ asset }: { readonly asset: MarketAsset }) {
  return (
    <section aria-label="Description" className="card grid gap-3 p-4">
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
