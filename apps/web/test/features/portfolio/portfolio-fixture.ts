import type { AssetId } from '@cnop/common/core/brands';
import { anAssetId, aTime } from '@cnop/testing/builders/brands';
import type { HistoryPoint, Portfolio, PortfolioHolding } from '../../../src/api/account/portfolio.ts';

export function holding(assetId: AssetId, fields: Partial<PortfolioHolding> = {}): PortfolioHolding {
  return {
    asset_id: assetId,
    quantity: '2',
    current_price: '100',
    market_value: '200.00',
    average_purchase_price: '90',
    total_invested: '180.00',
    unrealized_pnl: '20.00',
    realized_pnl: '0.00',
    ...fields,
  };
}

export function portfolio(fields: Partial<Portfolio> = {}): Portfolio {
  return {
    usd_balance: '50.00',
    total_invested: '180.00',
    unrealized_pnl: '20.00',
    realized_pnl: '0.00',
    assets: [holding(anAssetId('BTC'))],
    last_updated: '2026-01-31T12:00:00.000Z',
    ...fields,
  };
}

export function point(
  totalValue: string,
  netDeposits: string,
  fields: Partial<HistoryPoint> = {},
): HistoryPoint {
  return {
    at: aTime('2026-01-31T12:00:00.000Z'),
    total_value: totalValue,
    cash: '0.00',
    asset_value: totalValue,
    net_deposits: netDeposits,
    ...fields,
  };
}
