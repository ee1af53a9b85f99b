import { CURRENCY_SCALE, decimal, formatDecimal, formatUsd, roundDown } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Holding } from '../../api/account/portfolio.ts';
import { holdingQuery } from '../../api/account/portfolio.ts';
import type { MarketAsset } from '../../api/market.ts';
import { percentChange } from '../../format/numbers.ts';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { Money, Percent, Price, Quantity } from '../../ui/amounts.tsx';
import { ErrorState, Skeleton } from '../../ui/states.tsx';

/** The user's position in the asset and its current value. */
export function Position({ asset }: { readonly asset: MarketAsset }) {
  const { data: holding, error, refetch } = useQuery(holdingQuery(asset.asset_id));
  const { bid } = useAssetPrice(asset);
  return (
    <section aria-labelledby="position-title" className="card">
      <h2 id="position-title" className="border-b border-line px-4 py-2.5 font-medium">
        Your position
      </h2>
      {holding ? (
        <HoldingFigures asset={asset} holding={holding} bid={bid} />
      ) : error ? (
        <ErrorState title="Your position could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : holding === null ? (
        <p className="px-4 py-3 text-muted">You hold no {asset.symbol} yet.</p>
      ) : (
        <div role="status" aria-label="Loading your position" className="p-4">
          <Skeleton className="h-8 w-full" />
        </div>
      )}
    </section>
  );
}

interface HoldingFiguresProps {
  readonly asset: MarketAsset;
  readonly holding: Holding;
  readonly bid: string;
}

function HoldingFigures({ asset, holding, bid }: HoldingFiguresProps) {
  const { quantity, held_quantity, average_purchase_price, total_invested } = holding;
  // The proceeds of selling now, before fees.
  const value = formatUsd(roundDown(decimal(quantity).times(bid), CURRENCY_SCALE));
  const result = formatDecimal(decimal(value).minus(total_invested));
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 p-4 sm:grid-cols-3 xl:grid-cols-5">
      <Figure label="Quantity">
        <Quantity value={quantity} unit={asset.symbol} />
      </Figure>
      <Figure label="Held by open orders">
        <Quantity value={held_quantity} unit={asset.symbol} />
      </Figure>
      <Figure label="Average price">
        <Price value={average_purchase_price} priceScale={asset.price_scale} />
      </Figure>
      <Figure label="Value">
        <Money value={value} />
      </Figure>
      <Figure label="Unrealised P&L">
        <Money value={result} isChange />{' '}
        <Percent value={percentChange(value, decimal(total_invested))} className="text-xs" />
      </Figure>
    </dl>
  );
}

function Figure({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <div className="min-w-0">
      <dt className="text-xs text-faint">{label}</dt>
      <dd className="font-medium wrap-anywhere">{children}</dd>
    </div>
  );
}
