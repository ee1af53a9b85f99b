import type { IsoTime, Price, Quantity, Usd, Username } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, formatPercentageOf, formatUsd, ZERO } from '@cnop/common/core/money';
import type { AssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Balance } from '@cnop/common/entities/user/balance';

/** A position at the current price. */
export interface ValuedHolding extends AssetBalance {
  readonly asset_name: string;
  /** USD per unit. */
  readonly current_price: Price;
  /** Units that are not held for open orders. */
  readonly available_quantity: Quantity;
}

export interface Portfolio {
  readonly username: Username;
  readonly usd_balance: Usd;
  readonly total_asset_value: Usd;
  readonly total_portfolio_value: Usd;
  /** Cost of the open positions. */
  readonly total_invested: Usd;
  /** Gain or loss of selling them at current prices. */
  readonly unrealized_pnl: Usd;
  /** Gain or loss of all sales, those of closed positions included. */
  readonly realized_pnl: Usd;
  readonly asset_count: number;
  readonly assets: readonly PortfolioAsset[];
  readonly last_updated: IsoTime;
}

export interface PortfolioAsset
  extends Pick<
    ValuedHolding,
    | 'asset_id'
    | 'quantity'
    | 'current_price'
    | 'average_purchase_price'
    | 'total_invested'
    | 'unrealized_pnl'
    | 'realized_pnl'
  > {
  readonly market_value: Usd;
  /** Share of the whole portfolio including cash, in percent, rounded down. */
  readonly percentage: string;
}

/** Sums up cash and positions of one moment. Closed positions count only for the realised gain. */
export function summarizePortfolio(
  balance: Pick<Balance, 'username' | 'current_balance'>,
  holdings: readonly ValuedHolding[],
  at: IsoTime,
): Portfolio {
  const held = holdings.filter((holding) => decimal(holding.quantity).gt('0'));
  const assetValue = sumOf(held, 'current_market_value');
  const total = assetValue.plus(balance.current_balance);
  return {
    username: balance.username,
    usd_balance: balance.current_balance,
    total_asset_value: formatUsd(assetValue),
    total_portfolio_value: formatUsd(total),
    total_invested: formatUsd(sumOf(held, 'total_invested')),
    unrealized_pnl: formatUsd(sumOf(held, 'unrealized_pnl')),
    realized_pnl: formatUsd(sumOf(holdings, 'realized_pnl')),
    asset_count: held.length,
    assets: held.map((holding) => portfolioAsset(holding, total)),
    last_updated: at,
  };
}

function portfolioAsset(holding: ValuedHolding, total: Decimal): PortfolioAsset {
  return {
    asset_id: holding.asset_id,
    quantity: holding.quantity,
    current_price: holding.current_price,
    market_value: holding.current_market_value,
    percentage: formatPercentageOf(decimal(holding.current_market_value), total),
    average_purchase_price: holding.average_purchase_price,
    total_invested: holding.total_invested,
    unrealized_pnl: holding.unrealized_pnl,
    realized_pnl: holding.realized_pnl,
  };
}

type UsdOfHolding = 'current_market_value' | 'total_invested' | 'unrealized_pnl' | 'realized_pnl';

function sumOf(holdings: readonly ValuedHolding[], amount: UsdOfHolding): Decimal {
  return holdings.reduce((sum, holding) => sum.plus(holding[amount]), ZERO);
}
