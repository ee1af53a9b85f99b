import type { AssetId, IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { readTaxMethods } from '@cnop/common/dao/user/tax-method-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { DEFAULT_LOT_METHOD, yearOf } from '@cnop/common/entities/user/tax-method';
import { NotFoundError } from '@cnop/exception/errors';
import { effectOf } from '../../portfolio/domain/unit-effects.ts';
import { replayTransactions } from '../../portfolio/use-cases/replay-transactions.ts';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { Departure, LotBook } from '../domain/lot-book.ts';
import { createLotBook } from '../domain/lot-book.ts';

export type FollowLotsDeps = Pick<
  UserDependencies,
  'store' | 'clock' | 'balances' | 'holdings' | 'trades' | 'assets'
>;

/** The lots of a user, of all assets or of one. */
export interface LotSelection {
  readonly username: Username;
  readonly assetId: AssetId | undefined;
}

/** The histories to follow. */
interface Histories {
  readonly username: Username;
  readonly assetIds: readonly AssetId[];
  /** The last moment; by default all transactions are followed. */
  readonly to?: IsoTime;
  readonly methodOf: (year: number) => LotMethod;
  /** Called after each transaction, with the departures that it completes. */
  readonly visit?: (transaction: AssetTransaction, departures: readonly Departure[]) => void;
}

/**
 * Follows the lots of some assets from their first transaction on.
 * @returns the lots of each asset with a transaction, by asset id
 * @throws ValidationError (422) when there are too many transactions
 */
export async function followLots(
  deps: FollowLotsDeps,
  { username, assetIds, to, methodOf, visit }: Histories,
): Promise<Map<AssetId, LotBook>> {
  const books = new Map<AssetId, LotBook>();
  await replayTransactions(deps, { username, assetIds, to, parameter: 'asset_id' }, (transaction) => {
    const { asset_id } = transaction;
    const book = books.get(asset_id) ?? createLotBook(methodOf);
    books.set(asset_id, book);
    const departures = book.follow(effectOf(transaction));
    visit?.(transaction, departures);
  });
  return books;
}

/**
 * Reads the positions whose lots are asked for, closed ones included.
 * @throws NotFoundError (404) for an unknown asset
 */
export async function readSelectedHoldings(
  { assets, holdings }: Pick<FollowLotsDeps, 'assets' | 'holdings'>,
  { username, assetId }: LotSelection,
): Promise<readonly StoredAssetBalance[]> {
  if (assetId === undefined) return holdings.getAllAssetBalances(username);
  const [asset, holding] = await Promise.all([
    assets.getAsset(assetId),
    holdings.getAssetBalance(username, assetId),
  ]);
  if (!asset) throw new NotFoundError('The asset');
  return holding ? [holding] : [];
}

/** Reads the methods that a user chose, and returns the method of each year. */
export async function readMethods(
  store: TableStore,
  username: Username,
): Promise<(year: number) => LotMethod> {
  const chosen = new Map(
    (await readTaxMethods(store, username)).map(({ year, method }) => [year, method] as const),
  );
  return (year) => chosen.get(year) ?? DEFAULT_LOT_METHOD;
}

/**
 * Checks that a year is one of an account: from its first to the one that comes next, whose method can be chosen.
 * @throws NotFoundError (404) for any other year
 */
export async function assertYear(
  { balances, clock }: Pick<FollowLotsDeps, 'balances' | 'clock'>,
  username: Username,
  year: number,
): Promise<void> {
  const balance = await balances.getBalance(username);
  if (!balance || year < yearOf(balance.created_at) || year > yearOf(isoTime(clock.now())) + 1)
    throw new NotFoundError('The tax year');
}

/** Returns the first moment of a year (UTC). */
export function startOfYear(year: number): IsoTime {
  return isoTime(new Date(Date.UTC(year, 0)));
}

/** Returns the last moment of a year (UTC). */
export function endOfYear(year: number): IsoTime {
  return isoTime(new Date(Date.UTC(year + 1, 0) - 1));
}
