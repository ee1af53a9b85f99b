import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { storeFolder } from '@cnop/common/database/open-store';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createAll } from '@cnop/testing/store-contract/contract';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, expect, test } from 'vitest';
import { runExport, runMigrate } from '../../src/commands/transfer.ts';
import { someItems, temporaryFolder } from './stores.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function run(command: (output: Parameters<typeof runMigrate>[1]) => Promise<number>) {
  let text = '';
  const add = (part: string) => {
    text += part;
  };
  const exitCode = await command({ print: add, printError: add });
  return { exitCode, text, hashes: [...text.matchAll(/content hash (\w{64})/g)].map(([, hash]) => hash) };
}

test.skipIf(whyNoDynamoDb() !== undefined)(
  'a store is migrated to DynamoDB, to other tables there, and back, with equal hashes',
  async () => {
    const server = await startDynamoDbServer();
    cleanup.defer(() => server.stop());
    const root = await temporaryFolder(cleanup);
    const [first, last] = [join(root, 'first'), join(root, 'last')];
    const store = createLmdbTableStore({ path: storeFolder({ DATA_DIR: first }) });
    await createAll(store, someItems(450));
    await store.close();
    const tables = () => `dynamodb:test-${randomUUID()}-?endpoint=${server.endpoint}`;
    const [one, other] = [tables(), tables()];
    const steps = [
      { from: `lmdb:${first}`, to: one },
      { from: one, to: other },
      { from: other, to: `lmdb:${last}` },
    ];
    const hashes = new Set<string | undefined>();
    for (const step of steps) {
      const migrated = await run((output) => runMigrate(step, output));
      expect(migrated.exitCode, migrated.text).toBe(0);
      expect(migrated.text).toContain('Wrote 450 items');
      for (const hash of migrated.hashes) hashes.add(hash);
    }
    const exported = await run((output) => runExport(join(root, 'a.jsonl.gz'), { from: other }, output));
    expect(exported.exitCode, exported.text).toBe(0);
    expect(exported.text).toContain('DynamoDB has no snapshots');
    expect(hashes).toEqual(new Set(exported.hashes));

    const again = await run((output) => runMigrate({ from: `lmdb:${first}`, to: one }, output));
    expect(again.exitCode, again.text).toBe(2);
    expect(again.text).toContain('The store to write has data');
    const same = await run((output) => runMigrate({ from: one, to: one }, output));
    expect(same.exitCode, same.text).toBe(2);
    expect(same.text).toContain('are the same store');
    const wrong = await run((output) => runMigrate({ from: 'sqlite:a', to: one }, output));
    expect(wrong.exitCode, wrong.text).toBe(2);
    expect(wrong.text).toContain('is not the address of a store');
  },
);
