import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { whyNoRedis } from '@cnop/testing/redis-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ChaosPlatform } from '../chaos/src/chaos-platform.ts';
import { startChaosPlatform } from '../chaos/src/chaos-platform.ts';
import { faultyStore, frozen, killed, withoutRedis } from '../chaos/src/faults.ts';
import type { ChaosOptions, Plant } from '../chaos/src/run-chaos.ts';
import { isClean, runChaos } from '../chaos/src/run-chaos.ts';

const LOAD = { users: 2, clientsPerUser: 2 };
const FAULT_MILLISECONDS = 1_500;

const cleanup = createCleanup();
const reason = whyNoDynamoDb() ?? whyNoRedis();

// `npm run chaos` makes every fault; these are one of each kind.
describe.skipIf(reason !== undefined)(`a cluster under load${reason ? ` (skipped: ${reason})` : ''}`, () => {
  let platform: ChaosPlatform;
  beforeAll(async () => {
    platform = await startChaosPlatform(cleanup, { instances: { order: 2, inventory: 2 } });
  });
  afterAll(() => cleanup.run());

  const run = (options: Pick<ChaosOptions, 'faults' | 'plant'>) =>
    runChaos(platform, { faultMilliseconds: FAULT_MILLISECONDS, load: LOAD, ...options });
  /** Returns the faults of the store with one of these texts in their name. */
  const storeFaults = (...parts: string[]) =>
    faultyStore(platform).filter(({ name }) => parts.some((part) => name.includes(part)));

  it('loses and doubles no order, whatever breaks, and recovers', async () => {
    const { cluster } = platform;
    const [redisAway] = withoutRedis(platform);
    const faults = [
      killed(cluster.orders[0]!),
      frozen(cluster.orders[1]!),
      killed(cluster.inventory),
      redisAway!,
      ...storeFaults('loses answers', 'away'),
    ];
    const report = await run({ faults });
    expect(report.results.map(({ fault }) => fault)).toEqual(faults.map(({ name }) => name));
    for (const result of report.results) {
      expect(result).toMatchObject({ lost: 0, doubled: 0, refused: [] });
      expect(result.acknowledged).toBeGreaterThan(0);
    }
    expect(report.brokenRules).toEqual([]);
    expect(isClean(report)).toBe(true);
  });

  it.each<{ plant: Plant; found: object }>([
    { plant: 'double', found: { lost: 0, doubled: 1 } },
    { plant: 'lost', found: { lost: 1, doubled: 0 } },
  ])('the control: a planted violation is found ($plant)', async ({ plant, found }) => {
    const report = await run({ faults: storeFaults('loses answers'), plant });
    expect(report.results).toMatchObject([found]);
    expect(isClean(report)).toBe(false);
  });
});
