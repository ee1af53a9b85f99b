import { CURRENCY_SCALE, decimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import { useMemo } from 'react';
import type { Portfolio, PortfolioHolding } from '../../api/account/portfolio.ts';
import { useMidPrices } from '../../live/price-store.ts';

interface HoldingValue {
  /** USD at the current price, rounded down as for a sale. */
  readonly value: string;
  /** Value less cost. */
  readonly result: string;
}

/**
 * Values a position.
 * @param mid the current price; by default the price of the answer
 */
export function valueOfHolding(
  { quantity, current_price, total_invested }: PortfolioHolding,
  mid: string | undefined,
): HoldingValue {
  const value = roundDown(decimal(quantity).times(mid ?? current_price), CURRENCY_SCALE);
  return { value: formatUsd(value), result: formatUsd(value.minus(total_invested)) };
}

interface PortfolioValues {
  readonly total: string;
  readonly assets: string;
  readonly result: string;
  /** Deposits less withdrawals, derived from cash, cost and realised P&L. */
  readonly netDeposits: string;
  /** Values by asset. */
  readonly holdings: ReadonlyMap<string, string>;
}

/** Values the account at current prices. */
export function valuePortfolio(portfolio: Portfolio, mids: ReadonlyMap<string, string>): PortfolioValues {
  const holdings = new Map(
    portfolio.assets.map((holding) => [
      holding.asset_id,
      valueOfHolding(holding, mids.get(holding.asset_id)).value,
    ]),
  );
  const { usd_balance, total_invested, realized_pnl } = portfolio;
  const assets = [...holdings.values()].reduce((sum, value) => sum.plus(value), ZERO);
  return {
    total: formatUsd(assets.plus(usd_balance)),
    assets: formatUsd(assets),
    result: formatUsd(assets.minus(total_invested)),
    netDeposits: formatUsd(decimal(usd_balance).plus(total_invested).minus(realized_pnl)),
    holdings,
  };
}

/** Returns the account at current prices. Renders with every tick of a position. */
export function usePortfolioValues(portfolio: Portfolio): PortfolioValues {
  const mids = useMidPrices(portfolio.assets.map(({ asset_id }) => asset_id));
  return useMemo(() => valuePortfolio(portfolio, mids), [portfolio, mids]);
}
