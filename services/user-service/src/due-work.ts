import type { DueWorkPace } from '@cnop/common/config/due-work-settings';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { DueWorkOptions } from '@cnop/common/scheduling/due-work';
import { runDueWork } from '@cnop/common/scheduling/due-work';
import { postAirdrop } from './airdrops/use-cases/post-airdrop.ts';
import { advancePayment } from './funding/use-cases/change-payment.ts';
import type { JobLog } from './house-book/use-cases/close-exposed-assets.ts';
import { planHouseBook, projectHouseBook } from './house-book/use-cases/project-house-book.ts';
import { postReward, releaseUnits } from './staking/use-cases/accrue-rewards.ts';
import type { UserDependencies } from './use-cases/dependencies.ts';

/** Returns the handler of each kind of work that is done at a time. */
function handlersOf(
  deps: UserDependencies,
  { log, houseBookSeconds }: { readonly log: JobLog; readonly houseBookSeconds: number },
): DueWorkOptions['handlers'] {
  return {
    funding_payment: async (work) => advancePayment(deps, work),
    staking_rewards: async (work) => postReward(deps, work),
    staking_release: async (work) => releaseUnits(deps, work),
    airdrop: async (work) => postAirdrop(deps, work),
    house_book: async (work) => projectHouseBook({ ...deps, log, houseBookSeconds }, work),
  };
}

/** Does the due work of the service while its app is open. */
export function runUserWork(
  app: ServiceApp,
  deps: UserDependencies,
  { everyMilliseconds, houseBookSeconds }: DueWorkPace,
): void {
  runDueWork(app, {
    store: deps.store,
    clock: deps.clock,
    handlers: handlersOf(deps, { log: app.log, houseBookSeconds }),
    everyMilliseconds,
    prepare: async () => planHouseBook(deps),
  });
}
