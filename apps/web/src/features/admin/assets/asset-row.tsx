import { Link } from '@tanstack/react-router';
import type { MarketAsset } from '../../../api/market/assets.ts';
import { TickingPrice } from '../../../live/ticking-price.tsx';
import { useAssetPrice } from '../../../live/use-asset-price.ts';
import { AssetBadge } from '../../../ui/asset-badge.tsx';
import { STATUS_NAMES, STATUS_TONES } from '../../../ui/asset-status-badge.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Cell, Row, RowHead } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Permissions } from '../permissions.ts';
import { AssetActions } from './asset-actions.tsx';
import { CATEGORY_NAMES } from './asset-words.ts';

export interface AssetRowProps {
  readonly asset: MarketAsset;
  readonly permissions: Permissions;
}

export function AssetRow({ asset, permissions }: AssetRowProps) {
  const { asset_id, symbol, name, category, status } = asset;
  const { mid } = useAssetPrice(asset);
  return (
    <Row>
      <RowHead className="w-full sm:w-auto">
        <Link
          to="/admin/assets/$assetId"
          params={{ assetId: asset_id }}
          className="flex min-h-8 items-center gap-3 rounded hover:underline"
        >
          <AssetBadge symbol={symbol} />
          <span className="grid min-w-0">
            <span className="line-clamp-2 font-medium wrap-anywhere">{name}</span>
            <span className="flex flex-wrap items-center gap-x-2 text-xs text-faint">
              {asset_id}
              {/* On a phone the status has no column, and says so where it matters. */}
              {status !== 'active' && (
                <span className="sm:hidden">
                  <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>
                </span>
              )}
            </span>
          </span>
        </Link>
      </RowHead>
      <Cell className="hidden text-muted lg:table-cell">{CATEGORY_NAMES[category]}</Cell>
      <Cell className="hidden sm:table-cell">
        <Badge tone={STATUS_TONES[status]}>{STATUS_NAMES[status]}</Badge>
      </Cell>
      <Cell isNumeric className="max-sm:pe-4">
        <TickingPrice value={mid} priceScale={asset.price_scale} className="font-medium" />
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        {asset.fee_bps} bps
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        {asset.spread_bps} bps
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={asset.updated_at} />
      </Cell>
      {/* On a phone they are on the page of the asset. */}
      <Cell className="hidden w-20 text-end sm:table-cell">
        {permissions.steersTrading && <AssetActions asset={asset} look="icons" />}
      </Cell>
    </Row>
  );
}
