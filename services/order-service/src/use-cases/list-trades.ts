import { MAX_CSV_ROWS } from '@cnop/common/core/csv';
import type { Page, PageRequest } from '@cnop/common/core/pagination';
import { collectPages } from '@cnop/common/core/pagination';
import type { AssetBalanceDao } from '@cnop/common/dao/asset/asset-balance-dao';
import type { AssetTransactionDao } from '@cnop/common/dao/asset/asset-transaction-dao';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { Period } from '@cnop/common/dao/read-page';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { ValidationError } from '@cnop/exception/errors';
import { tradesCsv } from '../domain/csv-tables.ts';

interface ListTradesDeps {
  readonly trades: AssetTransactionDao;
  readonly holdings: Pick<AssetBalanceDao, 'getAllAssetBalances'>;
}

/** A user's trades in a period; without bounds all of them. */
export interface TradeSelection extends Period {
  readonly username: string;
}

/**
 * Lists a user's trades of one asset, newest first.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function listAssetTrades(
  { trades, assets }: Pick<ListTradesDeps, 'trades'> & { readonly assets: Pick<AssetDao, 'assertKnown'> },
  { username, assetId }: { readonly username: string; readonly assetId: string },
  request: PageRequest,
): Promise<Page<AssetTransaction>> {
  await assets.assertKnown([assetId]);
  return trades.getUserAssetTransactions(username, assetId, request);
}

/** Lists a user's trades of all assets, newest first: those of every asset that the user holds or once held. */
export async function listTrades(
  { trades, holdings }: ListTradesDeps,
  { username, ...period }: TradeSelection,
  request: PageRequest,
): Promise<Page<AssetTransaction>> {
  const held = await holdings.getAllAssetBalances(username);
  const assetIds = held.map(({ asset_id }) => asset_id);
  return trades.getUserTransactions(username, assetIds, request, period);
}

/**
 * Returns a user's trades of a period as a table, newest first.
 * @throws ValidationError (422) when there are more than an export may have
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
