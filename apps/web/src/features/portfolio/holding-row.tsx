import { decimal } from '@cnop/common/core/money';
import { Link } from '@tanstack/react-router';
import { memo } from 'react';
import type { PortfolioHolding } from '../../api/account/portfolio.ts';
import type { MarketAsset } from '../../api/market/assets.ts';
import { percentChange, scaleOf } from '../../format/numbers.ts';
import { useLivePrice } from '../../live/price-store.ts';
import { TickingPrice } from '../../live/ticking-price.tsx';
import { Money, Percent, Price, Quantity } from '../../ui/amounts.tsx';
import { AssetBadge } from '../../ui/asset-badge.tsx';
import { AssetStatusBadge } from '../../ui/asset-status-badge.tsx';
import { Cell, Row, RowHead } from '../../ui/table.tsx';
import { valueOfHolding } from './portfolio-values.ts';

export interface HoldingRowProps {
  readonly holding: PortfolioHolding;
  /** Missing while the catalogue is. */
  readonly asset: MarketAsset | undefined;
}

/** One holding. It subscribes to its own price, so a tick of another leaves it alone. */
export const HoldingRow = memo(function HoldingRow({ holding, asset }: HoldingRowProps) {
  const { asset_id, quantity, current_price, average_purchase_price, total_invested, realized_pnl } = holding;
  const mid = useLivePrice(asset_id)?.mid ?? current_price;
  const { value, result } = valueOfHolding(holding, mid);
  const priceScale = asset?.price_scale ?? scaleOf(current_price);
  return (
    <Row className="relative">
      <RowHead>
        <Link
          to="/assets/$assetId"
          params={{ assetId: asset_id }}
          // The whole row is the link's target.
          className="flex items-center gap-3 after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:-outline-offset-2 focus-visible:after:outline-accent"
        >
          <span className="hidden sm:inline-flex">
            <AssetBadge symbol={asset_id} />
          </span>
          <span className="grid min-w-0">
            <span className="truncate font-medium">{asset?.name ?? asset_id}</span>
            <span className="text-xs text-faint">
              <span className="sm:hidden">
                <Quantity value={quantity} />{' '}
              </span>
              {asset_id}
            </span>
          </span>
          {asset && <AssetStatusBadge status={asset.status} />}
        </Link>
      </RowHead>
      <Cell isNumeric className="hidden sm:table-cell">
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        <TickingPrice value={mid} priceScale={priceScale} />
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Price value={average_purchase_price} priceScale={priceScale} />
      </Cell>
      <Cell isNumeric className="hidden text-muted md:table-cell">
        <Money value={total_invested} />
      </Cell>
      <Cell isNumeric>
        <Money value={value} className="font-medium" />
      </Cell>
      <Cell isNumeric className="hidden lg:table-cell">
        <Money value={realized_pnl} isChange />
      </Cell>
      <Cell isNumeric>
        <Money value={result} isChange />
        <Percent value={percentChange(value, decimal(total_invested))} className="block text-xs" />
      </Cell>
    </Row>
  );
});
