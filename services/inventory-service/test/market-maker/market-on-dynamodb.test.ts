import { randomUUID } from 'node:crypto';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { anAssetId } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createRandomSource, createSimulatedFeed } from '../../src/price-feed/simulated-feed.ts';
import { openMarket } from './market-under-test.ts';

const A0 = anAssetId('A0');

const reason = whyNoDynamoDb();
const TIMEOUT_MILLISECONDS = 60_000;
const ASSETS = 30;

describe.skipIf(reason !== undefined)(
  `a market over DynamoDB${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const clock = createFakeClock('2026-03-03T14:30:10.000Z');
    let server: DynamoDbServer;
    let store: TableStore;

    beforeAll(async () => {
      server = await startDynamoDbServer();
      const aws = { ...DYNAMODB_SERVER_AWS, endpoint: server.endpoint };
      const tableNamePrefix = `test-${randomUUID()}-`;
      await createDynamoDbTables({ aws, tableNamePrefix });
      const timeouts = { connectionMilliseconds: 3_000, requestMilliseconds: 5_000 };
      store = createDynamoDbTableStore({ aws: { ...aws, timeouts }, tableNamePrefix });
    }, TIMEOUT_MILLISECONDS);
    afterAll(async () => {
      await store.close();
      await server.stop();
    });

    const open = (holder: string) =>
      openMarket(
        { store, clock },
        { holder, feed: createSimulatedFeed({ random: createRandomSource('seed'), tickSeconds: 1 }) },
      );

    test(
      'stores prices and candles of many assets, and hands over to the next instance without a gap',
      async () => {
        const [one, two] = [open('one'), open('two')];
        const ids = Array.from({ length: ASSETS }, (_, i) => anAssetId(`A${i}`));
        for (const asset_id of ids) await one.assets.createAsset(anAsset({ asset_id, current_price: '100' }));
        await one.maker.start();
        await two.maker.start();
        for (let i = 0; i < 60; i += 10) {
          clock.advanceSeconds(10);
          await one.maker.tick();
          await one.maker.persist();
          await two.maker.tick();
        }
        for (const id of ids) {
          expect(two.board.latest(id)).toMatchObject({ source: 'stored', mid: one.midOf(id) });
          expect(await one.storedCandles(id, '1m')).toMatchObject([{ final: true }, { final: false }]);
        }
        const hour = (await one.storedCandles(A0, '1h'))[0];
        await one.maker.stop();
        clock.advanceSeconds(3);
        await two.maker.tick();
        await two.maker.persist();
        expect(two.board.latest(A0)).toMatchObject({ source: 'simulated' });
        expect(await two.storedCandles(A0, '1h')).toMatchObject([
          { open_time: hour?.open_time, open: hour?.open, close: two.midOf(A0) },
        ]);
        await two.maker.stop();
      },
      TIMEOUT_MILLISECONDS,
    );
  },
);
