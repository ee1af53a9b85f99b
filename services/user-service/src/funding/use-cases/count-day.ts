import type { IsoTime, Usd, Username } from '@cnop/common/core/brands';
import { fundingDayRecord } from '@cnop/common/dao/user/payment-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Item, ItemKey } from '@cnop/common/database/table-store';
import type { FundingDay, PaymentKind } from '@cnop/common/entities/user/payment';
import { countFunding, fundingOnDay } from '@cnop/common/entities/user/tier-limits';
import type { UserDependencies } from '../../use-cases/dependencies.ts';

/** How a deposit or withdrawal counts for the daily limits, in the commit that makes it. */
export interface DayCount {
  /** The reads of the commit that `decide` needs. */
  readonly reads: Readonly<Record<string, ItemKey>>;
  /**
   * Returns what the account moves on the day with this movement; undefined where no limits are set, and nothing is counted.
   * @throws FundingLimitError (422 BUS_004) when the movement exceeds the limit of the user's tier
   */
  decide(items: Readonly<Record<string, Item | undefined>>, at: IsoTime): FundingDay | undefined;
}

const NOT_COUNTED: DayCount = { reads: {}, decide: () => undefined };

/** Prepares the count of a movement. The tier and the sums of the day are read in its commit, so the limit is exact. */
export function prepareDayCount(
  { tierLimits }: Pick<UserDependencies, 'tierLimits'>,
  movement: { readonly username: Username; readonly kind: PaymentKind; readonly amount: Usd },
): DayCount {
  if (Object.keys(tierLimits).length === 0) return NOT_COUNTED;
  const { username } = movement;
  return {
    reads: { user: userRecord.key({ username }), day: fundingDayRecord.key({ username }) },
    decide(items, at) {
      const tier = userRecord.readIfPresent(items['user'])?.tier ?? 'standard';
      const day = fundingOnDay(fundingDayRecord.readIfPresent(items['day']), username, at);
      return countFunding(day, movement, tierLimits[tier] ?? {});
    },
  };
}
