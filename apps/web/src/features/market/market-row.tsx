import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { MarketAsset } from '../../api/market/assets.ts';
import { formatCompactMoney, signOfPercent } from '../../format/numbers.ts';
import { TickingPrice } from '../../live/ticking-price.tsx';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { Percent } from '../../ui/amounts.tsx';
import { AssetBadge } from '../../ui/asset-badge.tsx';
import { AssetStatusBadge } from '../../ui/asset-status-badge.tsx';
import { Cell, Row, RowHead } from '../../ui/table.tsx';
import { Sparkline } from './sparkline.tsx';

export interface MarketRowProps {
  readonly asset: MarketAsset;
  readonly hasVolume: boolean;
}

/** One asset. It subscribes to its own price, so a tick of another leaves it alone. */
export const MarketRow = memo(function MarketRow({ asset, hasVolume }: MarketRowProps) {
  const { mid, changePercent } = useAssetPrice(asset);
  return (
    <Row className="relative">
      <Cell isNumeric className="hidden w-10 text-faint sm:table-cell">
        {asset.market_cap_rank ?? '—'}
      </Cell>
      <RowHead>
        <Link
          to="/assets/$assetId"
          params={{ assetId: asset.asset_id }}
          // The whole row is the link's target.
          className="flex items-center gap-3 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <AssetBadge symbol={asset.symbol} />
          <span className="grid min-w-0">
            <span className="truncate font-medium">{asset.name}</span>
            <span className="text-xs text-faint">{asset.symbol}</span>
          </span>
          <AssetStatusBadge status={asset.status} />
        </Link>
      </RowHead>
      <Cell isNumeric>
        <TickingPrice value={mid} priceScale={asset.price_scale} className="font-medium" />
        <Percent value={changePercent} className="block text-xs sm:hidden" />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Percent value={changePercent} />
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        <Sparkline assetId={asset.asset_id} isGain={signOfPercent(changePercent) !== 'loss'} />
      </Cell>
      {hasVolume && (
        <Cell isNumeric className="hidden text-muted lg:table-cell">
          {formatCompactMoney(asset.volume_24h)}
        </Cell>
      )}
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        {formatCompactMoney(asset.market_cap)}
      </Cell>
    </Row>
  );
});
