import { sessionRecord } from '@cnop/common/auth/session-state';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import { knownUsername } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import { STREAM_LIMITS } from '@cnop/user-service/live/stream-limits';
import type { CountedStore } from './counted-store.ts';
import { openCountedStore } from './counted-store.ts';
import { measureIdleSeconds } from './idle-seconds.ts';
import { startMeasuredPlatform } from './measured-platform.ts';
import type { Measurement, OperationCost } from './measurement.ts';
import { createMeasurement } from './measurement.ts';
import { measureAccounts, measureStaff } from './operations-of-accounts.ts';
import { measureFunding } from './operations-of-funding.ts';
import { measureCash, measureOrders } from './operations-of-trading.ts';
import { measureTreasury } from './operations-of-treasury.ts';

const SECONDS_PER_MINUTE = 60;

/**
 * Measures every operation of the API and every background job on new tables of a DynamoDB-compatible server, which it
 * deletes afterwards. The figures are those of separate processes with warm caches and without conflicts.
 */
export async function measureOperations(aws: AwsOptions): Promise<OperationCost[]> {
  const counted = await openCountedStore(aws);
  try {
    const platform = await startMeasuredPlatform(counted.store);
    try {
      const costs: OperationCost[] = [];
      const measureWork: Measurement['measureWork'] = async (name, work) => {
        costs.push({ name, ...(await counted.consumedBy(work)) });
      };
      const measurement = createMeasurement(platform, measureWork);
      await measureAccounts(measurement);
      await measureCash(measurement);
      await measureOrders(measurement);
      await measureTreasury(measurement);
      await measureStaff(measurement);
      await measureFunding(measurement);
      await measurePrices(measurement);
      await measureEngine(measurement);
      costs.push(...(await measureIdleSeconds(counted, platform)), await streamCost(counted));
      return costs;
    } finally {
      await platform.close();
    }
  } finally {
    await counted.dispose();
  }
}

/** Measures what the market maker writes, with the shipped catalogue. */
async function measurePrices({ platform, measureWork }: Measurement): Promise<void> {
  const { maker } = platform;
  platform.advanceSeconds(SECONDS_PER_MINUTE);
  await maker.tick();
  await maker.persist();
  platform.advanceSeconds(1);
  await measureWork('prices: one tick of 55 assets', maker.tick);
  await measureWork('candles: one write of 55 assets', maker.persist);
  platform.advanceSeconds(SECONDS_PER_MINUTE);
  await maker.tick();
  await measureWork('candles: the end of a minute of 55 assets', maker.persist);
}

/** Measures the rounds of the trigger engine; what it reads for quotes depends on the open orders. */
async function measureEngine({ platform, measureWork }: Measurement): Promise<void> {
  const { engine } = platform;
  // The first round also upgrades the store.
  await engine.sweep();
  await measureWork('engine: one round for expiries, delistings and suspensions', engine.sweep);
}

/** Returns the cost of one stream in a second, from those of the reads that it repeats while messages arrive. */
async function streamCost({ store, consumedBy }: CountedStore): Promise<OperationCost> {
  const username = knownUsername('any_user_of_length');
  const session = sessionRecord.key({ username, session_id: systemIds.next() });
  const check = await consumedBy(() => store.batchGet([session]));
  const poll = await consumedBy(() => createLiveEventDao(store).getEventsAfter(username, 0, 1));
  const { checkIntervalMilliseconds, safetyPollMilliseconds } = STREAM_LIMITS;
  const readUnits =
    (check.readUnits * MILLISECONDS_PER_SECOND) / checkIntervalMilliseconds +
    (poll.readUnits * MILLISECONDS_PER_SECOND) / safetyPollMilliseconds;
  return { ...check, name: 'a live stream, a second', readUnits: Math.round(readUnits * 10) / 10 };
}
