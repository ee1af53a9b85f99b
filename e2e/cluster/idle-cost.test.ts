import { setTimeout } from 'node:timers/promises';
import { parseMetrics } from '@cnop/standalone/cluster/read-metrics';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { expectStatus, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DynamoDbPlatform } from '../support/platform.ts';
import { startOverDynamoDb } from '../support/platform.ts';

const MAX_WRITE_UNITS_A_SECOND = 10;
const MAX_READ_UNITS_A_SECOND = 20;
/** What comes once a minute: closed candles, as `docs/reference/cost.md` has them, and the catalogue of six processes. */
const A_MINUTE = { write: 64, read: 54 + 6 * 4.5 };
const MINUTE_MILLISECONDS = 60_000;
/** By then the engines sleep, and all that follows a start is written and read. */
const SETTLING_MILLISECONDS = 15_000;
/** Three writes of open candles. The end of a minute must not fall into it. */
const MEASURED_MILLISECONDS = 15_000;
/** The time after the end of a minute within which its candles are written. */
const CLOSING_MILLISECONDS = 8_000;

const cleanup = createCleanup();
const reason = whyNoDynamoDb() ?? whyNoRedis();

describe.skipIf(reason)(
  `an idle cluster with two of each process and moving prices${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let platform: DynamoDbPlatform;

    beforeAll(async () => {
      const redis = await startRedisServer();
      cleanup.defer(() => redis.stop());
      platform = await startOverDynamoDb(cleanup, {
        instances: { gateway: 2, user: 2, order: 2, inventory: 2 },
        env: { REDIS_URL: redis.url.href, PRICE_FEED: 'simulated', PRICE_TICK_MILLISECONDS: '1000' },
      });
    });
    afterAll(() => cleanup.run());

    /** Reads the units that all services have consumed since they started. */
    const consumed = async () => {
      const services = platform.cluster.processes.filter(({ role }) => role !== 'gateway');
      const pages = await Promise.all(
        services.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()),
      );
      const samples = pages.flatMap(parseMetrics);
      const total = (kind: string) =>
        samples
          .filter(
            ({ name, labels }) => name === 'cnop_dynamodb_consumed_units_total' && labels['kind'] === kind,
          )
          .reduce((sum, { value }) => sum + value, 0);
      return { write: total('write'), read: total('read') };
    };

    it('consumes at most 10 write units and 20 read units a second', async () => {
      await setTimeout(SETTLING_MILLISECONDS);
      const intoMinute = Date.now() % MINUTE_MILLISECONDS;
      if (intoMinute < CLOSING_MILLISECONDS) await setTimeout(CLOSING_MILLISECONDS - intoMinute);
      if (intoMinute > MINUTE_MILLISECONDS - MEASURED_MILLISECONDS - 1_000) {
        await setTimeout(MINUTE_MILLISECONDS - intoMinute + CLOSING_MILLISECONDS);
      }
      const before = await consumed();
      await setTimeout(MEASURED_MILLISECONDS);
      const after = await consumed();
      const write = (after.write - before.write) / (MEASURED_MILLISECONDS / 1_000) + A_MINUTE.write / 60;
      const read = (after.read - before.read) / (MEASURED_MILLISECONDS / 1_000) + A_MINUTE.read / 60;
      expect(write).toBeLessThanOrEqual(MAX_WRITE_UNITS_A_SECOND);
      expect(read).toBeLessThanOrEqual(MAX_READ_UNITS_A_SECOND);
      // The prices of each tick are counted.
      expect(after.write - before.write).toBeGreaterThan((MEASURED_MILLISECONDS / 1_000) * 2);
    });

    it('control: ten orders show in the units', async () => {
      const user = await signUp(platform.api, { cash: '100000.00' });
      const before = await consumed();
      const body = { asset_id: 'BTC', quantity: '0.01', order_type: 'market_buy' };
      for (let i = 0; i < 10; i += 1) expectStatus(await user.send('POST', '/orders', { body }), 201);
      const after = await consumed();
      expect(after.write - before.write).toBeGreaterThanOrEqual(100);
      expect(after.read - before.read).toBeGreaterThanOrEqual(30);
    });
  },
);
