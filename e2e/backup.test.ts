import path from 'node:path';
import type { Account } from '@cnop/testing/system/api-client';
import { createApi, freshName, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { runNode } from '@cnop/testing/system/node-process';
import { CLI, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, expect, it } from 'vitest';
import type { Acknowledged } from './support/acknowledgements.ts';
import { lostWrites, sendIntent } from './support/acknowledgements.ts';
import { temporaryFolder } from './support/platform.ts';
import { expectSound, readStored } from './support/stored.ts';

/** `BACKUP_RUNS=20` makes more backups. */
const RUNS = Number(process.env['BACKUP_RUNS'] ?? '2');
const USERS = 4;
const TIMEOUT_MILLISECONDS = 120_000 + RUNS * 20_000;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Places orders until it is stopped, and records those that were answered. */
async function placeOrders(account: Account, acknowledged: Acknowledged[], isStopped: () => boolean) {
  for (let number = 0; !isStopped(); number += 1) {
    const body = { asset_id: 'ETH', order_type: 'market_buy', quantity: '0.001' };
    const intent = { kind: 'order', account, key: `${account.username}-${number}`, body } as const;
    const answer = await sendIntent(intent);
    expect(answer.status, answer.text).toBe(201);
    acknowledged.push({ ...intent, answer: answer.text });
  }
}

it(
  'every backup of a server under write load is restored clean, with all orders answered before it',
  async () => {
    const dataDir = await temporaryFolder(cleanup);
    const server = await startStandaloneServer({ dataDir });
    cleanup.defer(() => server.process.stop());
    const api = createApi(server.url);
    const accounts = await Promise.all(
      Array.from({ length: USERS }, () => signUp(api, { username: freshName('saved'), cash: '1000000.00' })),
    );
    const acknowledged: Acknowledged[] = [];
    let isStopped = false;
    const load = Promise.all(accounts.map((account) => placeOrders(account, acknowledged, () => isStopped)));
    const cnop = (...args: string[]) =>
      runNode({ script: CLI, args, cwd: dataDir, env: { DATA_DIR: dataDir } });
    const backups = await temporaryFolder(cleanup);

    for (let run = 0; run < RUNS; run += 1) {
      const before = [...acknowledged];
      const backup = path.join(backups, `backup-${run}`);
      expect(await cnop('backup', '--to', backup)).toMatchObject({ code: 0 });
      const restored = path.join(backups, `restored-${run}`);
      expect(await cnop('restore', '--from', backup, '--data-dir', restored)).toMatchObject({ code: 0 });
      await readStored(restored, async (store) => {
        await expectSound(store);
        expect(await lostWrites(store, before)).toEqual([]);
      });
    }
    expect(acknowledged.length).toBeGreaterThan(RUNS);

    const inUse = await cnop('restore', '--from', path.join(backups, 'backup-0'), '--replace');
    expect(inUse.code).toBe(2);
    expect(inUse.stderr).toContain('is in use. Stop every server on it');
    isStopped = true;
    await load;
    process.stdout.write(
      `  ${RUNS} of ${RUNS} backups beside ${acknowledged.length} orders restored clean\n`,
    );
  },
  TIMEOUT_MILLISECONDS,
);
