import { setImmediate } from 'node:timers/promises';
import type { AssetId, IsoTime, Username } from '@cnop/common/core/brands';
import type { Position } from '@cnop/common/core/pagination';
import type { Period } from '@cnop/common/dao/read-page';
import { MAX_QUERY_LIMIT } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import { ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

/** Asset transactions that one answer replays at most: about two seconds of work, in steps that let other requests pass. */
export const MAX_REPLAYED_TRANSACTIONS = 100_000;

/** The asset transactions to replay. */
export interface Replay extends Period {
  readonly username: Username;
  readonly assetIds: readonly AssetId[];
  /** The parameter of the request that selects less. */
  readonly parameter: string;
}

/**
 * Visits the transactions of some assets, one asset after the other, each oldest first.
 * @throws ValidationError (422) when there are more than `MAX_REPLAYED_TRANSACTIONS`
 */
export async function replayTransactions(
  { trades }: Pick<UserDependencies, 'trades'>,
  { username, assetIds, parameter, ...period }: Replay,
  visit: (transaction: AssetTransaction) => void,
): Promise<void> {
  let visited = 0;
  for (const asset_id of assetIds) {
    let after: Position | undefined;
    do {
      const request = { limit: MAX_QUERY_LIMIT, offset: 0, after };
      const page = await trades.getAssetHistory({ username, asset_id }, request, period);
      visited += page.items.length;
      if (visited > MAX_REPLAYED_TRANSACTIONS) throw tooManyTransactions(parameter);
      page.items.forEach(visit);
      after = page.next;
      await setImmediate();
    } while (after);
  }
}

function tooManyTransactions(parameter: string): ValidationError {
  const message = `This would replay more than ${MAX_REPLAYED_TRANSACTIONS} transactions of assets. Ask for less at once.`;
  return ValidationError.ofParameter(parameter, message, 'too_many_transactions');
}

/** Returns the assets of positions that have changed at or after a moment. */
export function assetsChangedSince(holdings: readonly StoredAssetBalance[], since: IsoTime): AssetId[] {
  return holdings
    .filter(({ last_transaction }) => last_transaction === null || last_transaction >= since)
    .map(({ asset_id }) => asset_id);
}
