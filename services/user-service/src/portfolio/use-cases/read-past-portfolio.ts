import type { AssetId, IsoTime, Price, Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { formatUsd, ZERO } from '@cnop/common/core/money';
import { valueHolding } from '@cnop/common/entities/asset/asset-balance';
import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { CANDLE_SECONDS } from '@cnop/common/entities/inventory/candle';
import { InternalError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import type { PastPosition } from '../domain/past-position.ts';
import { afterTransaction, holdingOf } from '../domain/past-position.ts';
import { pastPrices } from '../domain/past-prices.ts';
import type { Portfolio, ValuedHolding } from '../domain/portfolio.ts';
import { summarizePortfolio } from '../domain/portfolio.ts';
import { replayTransactions } from './replay-transactions.ts';

export type ReadPastDeps = Pick<
  UserDependencies,
  'clock' | 'balances' | 'holdings' | 'trades' | 'assets' | 'candles'
>;

/** A moment that was named by a time, or by the day that it ends. */
interface PastMoment {
  readonly start: IsoTime;
  /** Equal to `start` for a time. */
  readonly end: IsoTime;
}

/**
 * Reads a user's cash and positions as they were at a moment, at the prices of that time: what a replay of the ledger from
 * its first entry gives.
 * @throws ValidationError (422) for the future, and when there are too many transactions
 * @see docs/reference/portfolio.md
 */
export async function readPastPortfolio(
  deps: ReadPastDeps,
  { username, moment }: { readonly username: Username; readonly moment: PastMoment },
): Promise<Portfolio> {
  const now = isoTime(deps.clock.now());
  if (moment.start > now) {
    throw ValidationError.ofParameter('as_of', 'This is in the future.', 'in_the_future');
  }
  const at = moment.end < now ? moment.end : now;
  const { cash, positions } = await readSettled(deps, username, at);
  return summarizePortfolio(
    { username, current_balance: cash },
    await valueAt(deps, positions, { username, at }),
    at,
  );
}

interface PastAccount {
  readonly cash: Usd;
  readonly positions: readonly PastPosition[];
}

/** Within this time a commit with an earlier time may still arrive, from an instance that is slow or whose clock is behind. */
const SETTLING_MILLISECONDS = 60_000;
const MAX_READINGS = 3;

/** Reads cash and positions, again when an entry arrived between the two, which would be counted in one of them only. */
async function readSettled(deps: ReadPastDeps, username: Username, at: IsoTime): Promise<PastAccount> {
  const isRecent = deps.clock.now().getTime() - Date.parse(at) < SETTLING_MILLISECONDS;
  for (let reading = 1; ; reading += 1) {
    const { last, cash } = await readCashAt(deps, username, at);
    const holdings = await deps.holdings.getAllAssetBalances(username);
    const assetIds = holdings.map(({ asset_id }) => asset_id);
    const positions = new Map<AssetId, PastPosition>();
    await replayTransactions(deps, { username, assetIds, to: at, parameter: 'as_of' }, (transaction) => {
      const { asset_id } = transaction;
      positions.set(asset_id, afterTransaction(positions.get(asset_id), transaction));
    });
    const isSettled = !isRecent || (await deps.balances.findLedgerRange(username, { to: at })).last === last;
    if (isSettled || reading === MAX_READINGS) return { cash, positions: [...positions.values()] };
  }
}

const NO_CASH = formatUsd(ZERO);

/** Reads the cash of a moment from the last ledger entry at or before it, and the number of that entry; 0 without one. */
async function readCashAt(
  { balances }: Pick<ReadPastDeps, 'balances'>,
  username: Username,
  at: IsoTime,
): Promise<{ readonly last: number; readonly cash: Usd }> {
  const { last } = await balances.findLedgerRange(username, { to: at });
  return { last, cash: await readCashAfter({ balances }, username, last) };
}

/** Reads the cash after the ledger entry with a number; none after entry 0. */
export async function readCashAfter(
  { balances }: Pick<ReadPastDeps, 'balances'>,
  username: Username,
  sequence: number,
): Promise<Usd> {
  if (sequence === 0) return NO_CASH;
  const request = { limit: 1, offset: 0, after: undefined };
  const range = { first: sequence, last: sequence };
  const [entry] = (await balances.getUserTransactions(username, request, { range })).items;
  if (!entry) throw new InternalError(new Error(`the ledger of ${username} has no entry ${sequence}`));
  return entry.new_balance;
}

/** Values positions at the prices of a moment. Those of quantity 0 have no price; their value is 0. */
export async function valueAt(
  deps: Pick<ReadPastDeps, 'assets' | 'candles' | 'clock'>,
  positions: readonly PastPosition[],
  { username, at }: { readonly username: Username; readonly at: IsoTime },
): Promise<ValuedHolding[]> {
  const assets = await deps.assets.getAssetsByIds(positions.map(({ assetId }) => assetId));
  const valued = positions.map(async (position) => {
    const holding = holdingOf(username, position);
    const asset = assets.get(position.assetId);
    if (!asset) throw new InternalError(new Error(`${position.assetId} is not in the catalogue`));
    const price = position.quantity.gt(ZERO) ? await readPriceAt(deps, position, at) : position.last.price;
    return {
      ...valueHolding(holding, price),
      asset_name: asset.name,
      current_price: price,
      available_quantity: holding.quantity,
    };
  });
  return Promise.all(valued);
}

const DAY_SECONDS = 86_400;

/** The intervals of candles, each with the age in seconds up to which they are kept. The longest are kept for ever. */
const KEPT_SECONDS: readonly (readonly [CandleInterval, number])[] = [
  ['1m', 7 * DAY_SECONDS],
  ['5m', 30 * DAY_SECONDS],
  ['15m', 90 * DAY_SECONDS],
  ['1h', 730 * DAY_SECONDS],
  ['1d', Infinity],
];

/**
 * Returns the price of an asset at a moment: the close of the last candle that had ended, of the shortest that are kept from
 * then, or the price of a later transaction of the user.
 */
async function readPriceAt(
  { candles, clock }: Pick<ReadPastDeps, 'candles' | 'clock'>,
  { assetId, last }: PastPosition,
  at: IsoTime,
): Promise<Price> {
  const ageSeconds = (clock.now().getTime() - Date.parse(at)) / MILLISECONDS_PER_SECOND;
  for (const [interval, keptSeconds] of KEPT_SECONDS) {
    if (ageSeconds > keptSeconds) continue;
    const to = isoTime(new Date(Date.parse(at) - CANDLE_SECONDS[interval] * MILLISECONDS_PER_SECOND));
    const found = await candles.getClosedCandles({ assetId, interval, to, limit: 1, order: 'descending' });
    if (found.length === 0) continue;
    const [price] = pastPrices([at], { candles: found, trades: [last], presentPrice: last.price });
    return price ?? last.price;
  }
  return last.price;
}
