import { knownAssetId } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { createFeedLeaseDao } from '@cnop/common/dao/inventory/feed-lease-dao';
import { createTriggerIndexDao } from '@cnop/common/dao/order/trigger-index-dao';
import { TRIGGER_KINDS } from '@cnop/common/entities/order/order-document';
import { AWAKE_LOOK_MILLISECONDS } from '@cnop/order-service/trigger-engine/sleep';
import { ENGINE_ROUNDS } from '@cnop/order-service/trigger-engine/trigger-engine';
import type { Consumption, CountedStore } from './counted-store.ts';
import type { MeasuredPlatform } from './measured-platform.ts';
import type { OperationCost } from './measurement.ts';

/** Measures what processes read and write in every second, whether or not a request comes. */
export async function measureIdleSeconds(
  { store, consumedBy }: CountedStore,
  { engine }: Pick<MeasuredPlatform, 'engine'>,
): Promise<OperationCost[]> {
  const triggerIndex = createTriggerIndexDao(store);
  const look = await consumedBy(triggerIndex.hasOpenOrders);
  const sweep = await consumedBy(engine.sweep);
  // A sweep is a look, a round of expiries, which reads the same partitions, and a round of withdrawals.
  const withdrawalUnits = sweep.readUnits - 2 * look.readUnits;
  const { expiryMilliseconds, withdrawalMilliseconds, lookMilliseconds } = ENGINE_ROUNDS;
  const withdrawals = aSecond(withdrawalUnits, withdrawalMilliseconds);
  const engineCost = (name: string, readUnits: number): OperationCost => ({ ...sweep, name, readUnits });

  const quote = await consumedBy(async () =>
    Promise.all(
      TRIGGER_KINDS.map(async (kind) =>
        triggerIndex.getOrders({ assetId: knownAssetId('NONE'), kind, limit: 1 }),
      ),
    ),
  );
  const lease = createFeedLeaseDao(store);
  const renewal = { holder: 'a process', now: new Date(), lastSeq: 0 };
  const { lease: abandoned } = await lease.take(renewal);
  await lease.take({ ...renewal, abandoned });
  return [
    engineCost('engine asleep, a second', aSecond(look.readUnits, lookMilliseconds) + withdrawals),
    engineCost(
      'engine awake, a second without quotes',
      aSecond(look.readUnits, expiryMilliseconds) +
        aSecond(look.readUnits, AWAKE_LOOK_MILLISECONDS) +
        withdrawals,
    ),
    named('engine awake, a quote of an asset', quote),
    named('lease of the prices, a renewal', await consumedBy(async () => lease.take(renewal))),
    named('readiness of a process, a check', await consumedBy(store.ping)),
  ];
}

function named(name: string, consumed: Consumption): OperationCost {
  return { name, ...consumed };
}

/** Returns the units of a second, to a tenth. */
function aSecond(units: number, everyMilliseconds: number): number {
  return Math.round((units * MILLISECONDS_PER_SECOND * 10) / everyMilliseconds) / 10;
}
