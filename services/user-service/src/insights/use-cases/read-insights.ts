import type { AssetId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import { readTargetAllocation } from '@cnop/common/dao/user/target-allocation-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { valueHolding } from '@cnop/common/entities/asset/asset-balance';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { DEFAULT_MAX_OPEN_ORDERS } from '@cnop/common/entities/order/order-document';
import { availableCash } from '@cnop/common/entities/user/balance-rules';
import type { TargetAllocation } from '@cnop/common/entities/user/target-allocation';
import { InternalError } from '@cnop/exception/errors';
import { presentPrice, readAccount } from '../../portfolio/use-cases/read-portfolio.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { Insight } from '../domain/insight.ts';
import type { InsightFacts, InsightPosition } from '../domain/insight-rules.ts';
import { findInsights } from '../domain/insight-rules.ts';

const DAY_MILLISECONDS = 24 * 60 * 60 * MILLISECONDS_PER_SECOND;
/** The time of trades whose fees are compared. */
const RECENT_DAYS = 30;
const MAX_RECENT_TRADES = 500;
/** The longest life of an open order. */
const OPEN_ORDER_DAYS = 366;

type ReadInsightsDeps = Pick<
  UserDependencies,
  'store' | 'clock' | 'assets' | 'quotes' | 'orders' | 'trades' | 'insightsProvider'
>;

/** A finding, with its words when a provider gave them. */
export interface WordedInsight extends Insight {
  readonly text: string | null;
}

/**
 * Finds what is worth a look in a user's portfolio, by rules.
 * @throws NotFoundError (404) without an account
 * @see docs/reference/insights.md
 */
export async function readInsights(
  deps: ReadInsightsDeps,
  username: Username,
): Promise<{ readonly data: readonly WordedInsight[]; readonly wording: 'plain' | 'provider' }> {
  const insights = findInsights(await readFacts(deps, username));
  const texts = insights.length > 0 ? await deps.insightsProvider?.(insights) : undefined;
  const data = insights.map((insight, index) => ({ ...insight, text: texts?.[index] ?? null }));
  return { data, wording: texts ? 'provider' : 'plain' };
}

async function readFacts(deps: ReadInsightsDeps, username: Username): Promise<InsightFacts> {
  const { balance, holdings } = await readAccount(deps.store, username);
  const held = holdings.filter(({ quantity }) => decimal(quantity).gt(ZERO));
  const [assets, stops, recent, target] = await Promise.all([
    deps.assets.getAssetsByIds(held.map(({ asset_id }) => asset_id)),
    readStops(deps, username, held),
    readRecentTrades(deps, username, holdings),
    readTargetAllocation(deps.store, username),
  ]);
  return {
    cash: decimal(balance.current_balance),
    availableCash: availableCash(balance),
    positions: held.map((holding) =>
      positionOf(deps, holding, {
        asset: assets.get(holding.asset_id),
        stoppedUnits: stops.get(holding.asset_id) ?? ZERO,
      }),
    ),
    recent,
    target: target ? percentagesOf(target) : null,
  };
}

/** Sums the units that open stops would sell, by asset. Without held units there is none. */
async function readStops(
  { orders, clock }: ReadInsightsDeps,
  username: Username,
  held: readonly StoredAssetBalance[],
): Promise<Map<AssetId, Decimal>> {
  const stops = new Map<AssetId, Decimal>();
  if (held.every(({ held_quantity }) => decimal(held_quantity).eq(ZERO))) return stops;
  const page = { limit: DEFAULT_MAX_OPEN_ORDERS, offset: 0, after: undefined };
  const from = isoTime(new Date(clock.now().getTime() - OPEN_ORDER_DAYS * DAY_MILLISECONDS));
  const filter = { statuses: ['queued'], order_types: ['stop_loss', 'trailing_stop'], from } as const;
  for (const { asset_id, quantity } of (await orders.getOrdersByUser(username, page, filter)).items) {
    stops.set(asset_id, (stops.get(asset_id) ?? ZERO).plus(quantity));
  }
  return stops;
}

/** Sums the newest trades of the last days. */
async function readRecentTrades(
  { trades, clock }: ReadInsightsDeps,
  username: Username,
  holdings: readonly StoredAssetBalance[],
): Promise<InsightFacts['recent']> {
  const from = isoTime(new Date(clock.now().getTime() - RECENT_DAYS * DAY_MILLISECONDS));
  const traded = holdings.filter(
    ({ last_transaction }) => last_transaction !== null && last_transaction >= from,
  );
  const page = { limit: MAX_RECENT_TRADES, after: undefined };
  const assetIds = traded.map(({ asset_id }) => asset_id);
  const { items } = await trades.getUserTransactions(username, assetIds, page, { from });
  let [volume, fees, realized] = [ZERO, ZERO, ZERO];
  for (const trade of items) {
    if (trade.transaction_type !== 'buy' && trade.transaction_type !== 'sell') continue;
    volume = volume.plus(trade.total_amount);
    fees = fees.plus(trade.fees ?? '0');
    realized = realized.plus(trade.realized_pnl ?? '0');
  }
  return { volume, fees, realized };
}

function positionOf(
  { quotes, clock }: ReadInsightsDeps,
  holding: StoredAssetBalance,
  { asset, stoppedUnits }: { readonly asset: Asset | undefined; readonly stoppedUnits: Decimal },
): InsightPosition {
  if (!asset)
    throw new InternalError(new Error(`a holding of ${holding.asset_id}, which is not in the catalogue`));
  const { current_market_value, unrealized_pnl } = valueHolding(holding, presentPrice(asset, quotes));
  const quotedAt = quotes.latest(asset.asset_id)?.at ?? asset.last_price_update;
  const pricedAt = quotedAt > asset.last_price_update ? quotedAt : asset.last_price_update;
  return {
    assetId: holding.asset_id,
    value: decimal(current_market_value),
    invested: decimal(holding.total_invested),
    unrealized: decimal(unrealized_pnl),
    units: decimal(holding.quantity),
    stoppedUnits,
    priceAgeSeconds: (clock.now().getTime() - Date.parse(pricedAt)) / MILLISECONDS_PER_SECOND,
  };
}

function percentagesOf({ cash, assets }: TargetAllocation): NonNullable<InsightFacts['target']> {
  const byAsset = assets.map(({ asset_id, percentage }) => [asset_id, decimal(percentage)] as const);
  return { cash: decimal(cash), assets: new Map(byAsset) };
}
