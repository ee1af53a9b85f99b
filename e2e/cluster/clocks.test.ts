import { setTimeout as wait } from 'node:timers/promises';
import type { Health } from '@cnop/common/entities/health';
import { parseMetrics } from '@cnop/standalone/cluster/read-metrics';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { whyNoRedis } from '@cnop/testing/redis-server';
import { createApi } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { ClusterProcess } from '@cnop/testing/system/cluster';
import { startWithWrongClock, whyNoFaketime } from '@cnop/testing/system/wrong-clock';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { ChaosPlatform } from '../chaos/src/chaos-platform.ts';
import { startChaosPlatform } from '../chaos/src/chaos-platform.ts';
import { compareWithStore } from '../chaos/src/compare-store.ts';
import type { OrderLoad } from '../chaos/src/order-load.ts';
import { createOrderLoad } from '../chaos/src/order-load.ts';

const PATIENCE = { timeout: 60_000, interval: 50 };
/** Twice the default, since a busy machine is slow. */
const MAX_QUOTE_AGE_SECONDS = 10;
const ORDERS = 30;
const POLL_MILLISECONDS = 50;

/** Returns the values of a metric of a process, by the labels that the test names. */
async function metricOf({ url }: ClusterProcess, name: string): Promise<ReadonlyMap<string, number>> {
  const samples = parseMetrics(await (await fetch(`${url}/metrics`)).text());
  return new Map(
    samples
      .filter((sample) => sample.name === name)
      .map(({ labels, value }) => [labels['asset'] ?? labels['reference'] ?? '', value]),
  );
}

async function isLeader(maker: ClusterProcess): Promise<boolean> {
  return (await metricOf(maker, 'cnop_price_leader')).get('') === 1;
}

async function healthOf({ url }: ClusterProcess, path = '/health/ready') {
  const answer = await fetch(`${url}${path}`);
  return { status: answer.status, health: (await answer.json()) as Health };
}

const reason = whyNoDynamoDb() ?? whyNoRedis() ?? whyNoFaketime();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

describe.skipIf(reason !== undefined)(
  `two instances of each service${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const cleanup = createCleanup();
    let platform: ChaosPlatform;
    let load: OrderLoad;
    let makers: readonly ClusterProcess[];
    /** One instance of each service, with the seconds by which its clock is wrong in a test. */
    let wrong: ReadonlyMap<ClusterProcess, number>;
    let gateway: ClusterProcess;

    beforeAll(async () => {
      platform = await startChaosPlatform(cleanup, {
        instances: { gateway: 2, user: 2, order: 2, inventory: 2 },
        env: {
          PRICE_TICK_MILLISECONDS: '1000',
          MAX_QUOTE_AGE_SECONDS: String(MAX_QUOTE_AGE_SECONDS),
          SHUTDOWN_DELAY_SECONDS: '0',
        },
      });
      const { processes, gateways, users, orders } = platform.cluster;
      makers = processes.filter(({ role }) => role === 'inventory');
      wrong = new Map([
        [gateways[1]!, 300],
        [users[1]!, -300],
        [orders[1]!, -300],
        [makers[1]!, 300],
      ]);
      gateway = gateways[0]!;
      load = await createOrderLoad(createApi(platform.cluster.url), { users: 2, clientsPerUser: 1 });
    });
    afterAll(() => cleanup.run());

    /** Places orders until some are acknowledged and the condition holds; no answer of any of them may be a failure. */
    const expectTrading = async (until: () => Promise<void> = () => Promise.resolve()): Promise<void> => {
      const before = load.acknowledged.length;
      const finish = load.observe();
      load.start();
      await until();
      await vi.waitFor(() => expect(load.acknowledged.length).toBeGreaterThan(before + ORDERS), PATIENCE);
      await load.pause();
      expect(finish()).toMatchObject({ serverErrors: {}, refused: [], cut: 0 });
    };

    it('show no price above its maximum age while leaders of prices are killed and hang', async () => {
      let greatestAge = 0;
      let isWatching = true;
      const watch = async (): Promise<void> => {
        while (isWatching) {
          for (const order of platform.cluster.orders) {
            const ages = await metricOf(order, 'cnop_quote_age_seconds');
            greatestAge = Math.max(greatestAge, ...ages.values());
          }
          await wait(POLL_MILLISECONDS);
        }
      };
      await expectTrading(async () => {
        const watching = watch();
        for (const fault of ['SIGKILL', 'SIGSTOP', 'SIGSTOP'] as const) {
          const leads = await vi.waitFor(async () => {
            const found = await Promise.all(makers.map(isLeader));
            expect(found.filter(Boolean)).toHaveLength(1);
            return found;
          }, PATIENCE);
          const leader = makers[leads.indexOf(true)]!;
          const next = makers[leads.indexOf(false)]!;
          if (fault === 'SIGKILL') await leader.process.stop(fault);
          else leader.process.signal(fault);
          await vi.waitFor(async () => expect(await isLeader(next)).toBe(true), PATIENCE);
          if (fault === 'SIGKILL') await leader.process.start();
          else leader.process.signal('SIGCONT');
          await vi.waitFor(async () => expect(await isLeader(leader)).toBe(false), PATIENCE);
        }
        isWatching = false;
        await watching;
      });
      expect(greatestAge).toBeGreaterThan(0);
      expect(greatestAge).toBeLessThan(MAX_QUOTE_AGE_SECONDS);
    });

    it('trade while one of each, the leader among them, has a wrong clock, says so and gets no requests', async () => {
      const all = [...wrong.keys(), ...makers];
      await Promise.all(all.map(({ process }) => process.stop('SIGKILL')));
      await Promise.all(Array.from(wrong, ([each, seconds]) => startWithWrongClock(each, seconds)));
      const [right, wrongMaker] = makers;
      await vi.waitFor(async () => expect(await isLeader(wrongMaker!)).toBe(true), PATIENCE);
      await right!.process.start();
      await vi.waitFor(async () => expect(await isLeader(right!)).toBe(true), PATIENCE);
      await vi.waitFor(async () => expect(await isLeader(wrongMaker!)).toBe(false), PATIENCE);
      load.start();
      await load.nextOrder();
      await load.pause();

      await expectTrading(async () => {
        for (const [each, seconds] of wrong) {
          const relation = seconds > 0 ? 'ahead of' : 'behind';
          const reasonOf = async () => (await healthOf(each)).health.reasons?.['clock'];
          await expect.poll(reasonOf, PATIENCE).toMatch(new RegExp(`(299|300|301) seconds ${relation}`));
          expect((await healthOf(each)).status).toBe(503);
          if (each.role === 'gateway') continue;
          for (const difference of (await metricOf(each, 'cnop_clock_difference_seconds')).values())
            expect(Math.abs(difference - seconds)).toBeLessThan(2);
        }
        const { instances = {} } = (await healthOf(gateway, '/health')).health;
        for (const states of Object.values(instances))
          expect(states.toSorted()).toEqual(['not_ready', 'ready']);
      });
      expect(await isLeader(wrongMaker!)).toBe(false);
      await Promise.all(Array.from(wrong.keys(), ({ process }) => process.stop('SIGTERM')));
    });

    it('afterwards no order is lost or doubled, and the audit of the store finds no violation', async () => {
      const codes = await platform.cluster.stop();
      expect(codes.filter((code) => code !== 0)).toEqual([]);
      await platform.readStore(async (store) => {
        expect(await compareWithStore(store, load.acknowledged, load.usernames)).toEqual({
          lost: 0,
          doubled: 0,
        });
        expect((await verifyStore(store)).violations).toEqual([]);
      });
    });
  },
);
