import type { AssetId, Username } from '@cnop/common/core/brands';
import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import type { Period } from '@cnop/common/dao/read-page';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { ValidationError } from '@cnop/exception/errors';
import { tradesCsv } from '../domain/reading/csv-tables.ts';
import type { OrderDependencies } from './dependencies.ts';

type ListTradesDeps = Pick<OrderDependencies, 'assetTransactions' | 'holdings'>;

/** A user and a period; without bounds, all of the user's trades. */
export interface TradeSelection extends Period {
  readonly username: Username;
}

/**
 * Lists a user's trades of one asset, newest first.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function listAssetTrades(
  { assetTransactions, knownAssets }: Pick<OrderDependencies, 'assetTransactions' | 'knownAssets'>,
  { username, assetId }: { readonly username: Username; readonly assetId: AssetId },
  request: PageRequest,
): Promise<Page<AssetTransaction>> {
  await knownAssets.assertKnown([assetId]);
  return assetTransactions.getUserAssetTransactions(username, assetId, request);
}

/** Lists a user's trades of all assets that the user holds or once held, newest first. */
export async function listTrades(
  { assetTransactions, holdings }: ListTradesDeps,
  { username, ...period }: TradeSelection,
  request: PageRequest,
): Promise<Page<AssetTransaction>> {
  const held = await holdings.getAllAssetBalances(username);
  const assetIds = held.map(({ asset_id }) => asset_id);
  return assetTransactions.getUserTransactions(username, assetIds, request, period);
}

/**
 * Exports a user's trades of a period as CSV, newest first.
 * @throws ValidationError (422) when there are more rows than an export may have
 */
export async function exportTrades(deps: ListTradesDeps, selection: TradeSelection): Promise<string> {
  const trades = await collectPages((request) => listTrades(deps, selection, request), {
    pageSize: MAX_QUERY_LIMIT,
    maxItems: MAX_CSV_ROWS,
    maxPages: MAX_CSV_ROWS / MAX_QUERY_LIMIT + 1,
  });
  if (trades) return tradesCsv(trades);
  const message = `There are more than ${MAX_CSV_ROWS} trades. Ask for a narrower period.`;
  throw ValidationError.ofParameter('start_date', message, 'period_too_wide');
}
