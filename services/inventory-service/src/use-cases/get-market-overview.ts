import type { MarketOverview } from '../domain/market-overview.ts';
import { marketOverview } from '../domain/market-overview.ts';
import type { InventoryDependencies } from './dependencies.ts';

/** The whole market at a glance, from the same list that clients see. */
export async function getMarketOverview({
  catalogue,
  clock,
}: Pick<InventoryDependencies, 'catalogue' | 'clock'>): Promise<MarketOverview> {
  return marketOverview(await catalogue.getAssets(), clock.now());
}
