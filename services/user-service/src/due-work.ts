import { systemMonotonicClock } from '@cnop/common/core/clock';
import { createDueWorkDao } from '@cnop/common/dao/schedule/due-work-dao';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { DueWorkOptions } from '@cnop/common/scheduling/due-work';
import { createDueWorkRunner } from '@cnop/common/scheduling/due-work';
import type { UserDependencies } from './use-cases/dependencies.ts';

/** Returns the handler of each kind of work that is done at a time. */
function handlersOf(_deps: UserDependencies): DueWorkOptions['handlers'] {
  return {};
}

/** Does the due work of the service while its app is open. */
export function runDueWork(app: ServiceApp, deps: UserDependencies, everyMilliseconds: number): void {
  const runner = createDueWorkRunner({
    work: createDueWorkDao(deps.store),
    handlers: handlersOf(deps),
    everyMilliseconds,
    clock: deps.clock,
    monotonicClock: systemMonotonicClock,
    log: app.log,
  });
  app.addHook('onReady', (done) => {
    runner.start();
    done();
  });
  app.addHook('onClose', async () => runner.close());
}
