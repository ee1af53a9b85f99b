import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { defineGauge } from '@cnop/common/core/figures';
import { paymentWaitSchema } from '@cnop/common/entities/user/payment';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { createRepeater } from '@cnop/common/scheduling/repeater';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { listWaitingPayments } from './use-cases/read-payments.ts';

const showOldestWait = defineGauge({
  name: 'cnop_payment_oldest_wait_seconds',
  help: 'How long the longest waiting payment has waited for staff (review) or for its provider.',
  labelNames: ['waits_for'],
});

const EVERY_MILLISECONDS = 60_000;
const FIRST = { limit: 1, offset: 0, after: undefined };

type WatchDeps = Pick<UserDependencies, 'payments' | 'clock'>;

/** Measures how long payments wait for staff and for the provider. Payments that advance by themselves are due work. */
export async function measureWaits(deps: WatchDeps): Promise<void> {
  for (const waitsFor of paymentWaitSchema.options) {
    const { items } = await listWaitingPayments(deps, { waitsFor, request: FIRST });
    const [oldest] = items;
    const since = oldest && (waitsFor === 'review' ? oldest.created_at : oldest.updated_at);
    const waited = since === undefined ? 0 : deps.clock.now().getTime() - Date.parse(since);
    showOldestWait({ waits_for: waitsFor }, Math.max(0, waited) / MILLISECONDS_PER_SECOND);
  }
}

/** Measures the waits each minute while the app is open, where payments can wait at all. */
export function watchWaitingPayments(
  app: ServiceApp,
  deps: WatchDeps & Pick<UserDependencies, 'funding'>,
): void {
  const { provider, reviewAbove } = deps.funding;
  if (provider !== 'webhook' && reviewAbove === undefined) return;
  const repeater = createRepeater({
    everyMilliseconds: EVERY_MILLISECONDS,
    async act() {
      try {
        await measureWaits(deps);
      } catch (error) {
        app.log.error({ err: error }, 'waiting payments cannot be read');
      }
    },
  });
  app.addHook('onReady', (done) => {
    repeater.start();
    done();
  });
  app.addHook('onClose', async () => repeater.stop());
}
