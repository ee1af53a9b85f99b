import { readFile } from 'node:fs/promises';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { beforeAll, describe, expect, it } from 'vitest';
import { billOf } from '../../src/cost/bill.ts';
import { loadSchema } from '../../src/cost/load.ts';
import { measureOperations } from '../../src/cost/measure-operations.ts';
import type { OperationCost } from '../../src/cost/measurement.ts';
import { priceListOf } from '../../src/cost/price-list.ts';
import { simulate } from '../../src/cost/simulate.ts';

const COST_PAGE = new URL('../../../../docs/reference/cost.md', import.meta.url);
const reason = whyNoDynamoDb();

describe.skipIf(reason !== undefined)(
  `the cost of every operation on DynamoDB${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    let costs: OperationCost[] = [];

    beforeAll(async () => {
      const server = await startDynamoDbServer();
      try {
        costs = await measureOperations({ ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint });
      } finally {
        await server.stop();
      }
    });

    it('has a line in the documentation, and is no higher than that', async () => {
      const documented = documentedCosts(await readFile(COST_PAGE, 'utf8'));
      expect([...documented.keys()]).toEqual(costs.map(({ name }) => name));
      const dearer = costs.filter(({ name, writeUnits, readUnits }) => {
        const line = documented.get(name);
        return line && (writeUnits > line.writeUnits || readUnits > line.readUnits);
      });
      expect(dearer.map(({ name, writeUnits, readUnits }) => [name, writeUnits, readUnits])).toEqual([]);
    });

    it('is reported by the server as the published rules have it', () => {
      const ruled = costs.map(({ name, partitions }) => [
        name,
        partitions.reduce((sum, { writeUnits }) => sum + writeUnits, 0),
      ]);
      expect(ruled).toEqual(costs.map(({ name, writeUnits }) => [name, writeUnits]));
    });

    it('makes the bill of a month, which grows with the orders alone', () => {
      const prices = priceListOf('us-east-1');
      const bill = (orders_a_day: number) =>
        billOf(loadSchema.parse({ users: 1_000, orders_a_day }), costs, prices);
      const [none, some, twice] = [bill(0), bill(100_000), bill(200_000)];
      expect(twice.requestsUsd - some.requestsUsd).toBeCloseTo(some.requestsUsd - none.requestsUsd);
      // 3 million orders of at least 13 units at $0.625 a million.
      expect(some.requestsUsd - none.requestsUsd).toBeGreaterThan((3_000_000 * 13 * 0.625) / 1_000_000);
    });

    it('finds the partition that is at its limit first, in the bill and in a simulation', () => {
      const load = loadSchema.parse({
        users: 10_000_000,
        orders_a_day: 86_400_000,
        open_share: 0.9,
        hottest_asset_share: 0.8,
      });
      const trigger = /^orders\/TriggerIndex \{asset\}#/;
      const [hottest] = billOf(load, costs, priceListOf('us-east-1')).partitions;
      expect(hottest?.form).toMatch(trigger);
      expect(hottest?.headroom).toBeLessThan(1);
      // A fixed sequence, so that the test has one result.
      const [busiest] = simulate({ load, costs, ordersASecond: 5_000, seconds: 2, random: sequence() });
      expect(busiest?.form).toMatch(trigger);
      expect(busiest?.secondsAboveLimit).toBe(2);
      const sharded = { ...load, trigger_shards: 8 };
      const after = simulate({ load: sharded, costs, ordersASecond: 5_000, seconds: 2, random: sequence() });
      expect(
        after.filter(({ form, secondsAboveLimit }) => trigger.test(form) && secondsAboveLimit > 0),
      ).toEqual([]);
    });
  },
);

/** Returns the lines of the table of operations. */
function documentedCosts(page: string) {
  const rows = page.matchAll(
    /^\| (?<name>[^|]+?) +\| +(?<write>[\d.]+) +\| +(?<read>[\d.]+) +\| +[\d.]+ +\|$/gm,
  );
  return new Map(
    Array.from(rows, ({ groups }) => [
      groups?.['name'],
      { writeUnits: Number(groups?.['write']), readUnits: Number(groups?.['read']) },
    ]),
  );
}

/** Returns the numbers of a linear congruential generator. */
function sequence(): () => number {
  let state = 1;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}
