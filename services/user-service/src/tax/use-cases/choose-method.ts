import type { IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { taxMethodRecord } from '@cnop/common/dao/user/tax-method-dao';
import type { Decision } from '@cnop/common/database/table-store';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { DEFAULT_LOT_METHOD, yearOf } from '@cnop/common/entities/user/tax-method';
import { NotFoundError, StateConflictError, UnavailableError, ValidationError } from '@cnop/exception/errors';
import { effectOf } from '../../portfolio/domain/unit-effects.ts';
import { assetsChangedSince, replayTransactions } from '../../portfolio/use-cases/replay-transactions.ts';
import type { FollowLotsDeps } from './follow-lots.ts';
import { assertYear, endOfYear, startOfYear } from './follow-lots.ts';

/** The method of a year, and whether it can still be chosen. */
export interface YearMethod {
  readonly year: number;
  readonly method: LotMethod;
  /** Null for the default. */
  readonly chosen_at: IsoTime | null;
  /** The first disposal of the year, which fixed the method; null while it can be chosen. */
  readonly fixed_at: IsoTime | null;
}

interface UserYear {
  readonly username: Username;
  readonly year: number;
}

/**
 * Reads the method of a year, and since when it is fixed.
 * @throws NotFoundError (404) for a year without the account
 */
export async function readYearMethod(
  deps: FollowLotsDeps,
  { username, year }: UserYear,
): Promise<YearMethod> {
  await assertYear(deps, username, year);
  const chosen = taxMethodRecord.readIfPresent(await deps.store.get(taxMethodRecord.key({ username, year })));
  return {
    year,
    method: chosen?.method ?? DEFAULT_LOT_METHOD,
    chosen_at: chosen?.chosen_at ?? null,
    fixed_at: await firstDisposal(deps, { username, year }),
  };
}

/** Attempts while the account changes at the same time. */
const MAX_ATTEMPTS = 5;

/**
 * Chooses the method of this year or the next. The commit reads the balance, which every disposal changes, so no disposal
 * comes between the check and the choice.
 * @throws NotFoundError (404) for a year without the account; ValidationError (422) for a past one
 * @throws StateConflictError (409) after the first disposal of the year
 * @throws UnavailableError (503) when the account changes all the time
 * @see docs/adr/0064-lots-follow-from-the-history.md
 */
export async function chooseMethod(
  deps: FollowLotsDeps,
  { username, year, method }: UserYear & { readonly method: LotMethod },
): Promise<YearMethod> {
  await assertYear(deps, username, year);
  const now = isoTime(deps.clock.now());
  if (year < yearOf(now)) {
    throw ValidationError.ofParameter('year', 'This year is over: its method cannot change.', 'year_is_over');
  }
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
    const seen = balanceRecord.readIfPresent(await deps.store.get(balanceRecord.key({ username })));
    if (!seen) throw new NotFoundError('The account');
    const fixed_at = await firstDisposal(deps, { username, year });
    const stored = await storeMethod(deps, { username, year, method, now, fixed_at, seq: seen.event_seq });
    if (stored) return stored;
  }
  throw new UnavailableError('Your account is changing right now. Please try again.');
}

/** @returns undefined when the account has changed since its event `seq` */
async function storeMethod(
  { store }: Pick<FollowLotsDeps, 'store'>,
  {
    now,
    fixed_at,
    seq,
    ...choice
  }: UserYear & Pick<YearMethod, 'method' | 'fixed_at'> & { readonly now: IsoTime; readonly seq: number },
): Promise<YearMethod | undefined> {
  const reads = { balance: balanceRecord.key(choice), chosen: taxMethodRecord.key(choice) };
  return store.transact(reads, (items): Decision<YearMethod | undefined> => {
    if (balanceRecord.readIfPresent(items.balance)?.event_seq !== seq)
      return { writes: [], result: undefined };
    const before = taxMethodRecord.readIfPresent(items.chosen);
    const { year, method } = choice;
    if ((before?.method ?? DEFAULT_LOT_METHOD) === method && (before || fixed_at)) {
      return { writes: [], result: { year, method, chosen_at: before?.chosen_at ?? null, fixed_at } };
    }
    if (fixed_at !== null) {
      throw new StateConflictError(
        `The method of ${year} is fixed since its first disposal, at ${fixed_at}. Choose the method of the next year.`,
      );
    }
    const chosen = { ...choice, chosen_at: now };
    const write = before ? taxMethodRecord.replace(chosen) : taxMethodRecord.create(chosen);
    return { writes: [write], result: { year, method, chosen_at: now, fixed_at } };
  });
}

/** Returns the time of the first disposal of a year; null without one. */
async function firstDisposal(deps: FollowLotsDeps, { username, year }: UserYear): Promise<IsoTime | null> {
  const [from, to] = [startOfYear(year), endOfYear(year)];
  const holdings = await deps.holdings.getAllAssetBalances(username);
  let first: IsoTime | null = null;
  await replayTransactions(
    deps,
    { username, assetIds: assetsChangedSince(holdings, from), from, to, parameter: 'year' },
    (transaction) => {
      const { kind, at } = effectOf(transaction);
      if (kind === 'dispose' && (first === null || at < first)) first = at;
    },
  );
  return first;
}
