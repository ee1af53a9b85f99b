import { readdir, readFile } from 'node:fs/promises';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { whyNoRedis } from '@cnop/testing/redis-server';
import { createApi, signIn, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import type { NodeProcess } from '@cnop/testing/system/node-process';
import { runNode, startNode } from '@cnop/testing/system/node-process';
import { ADMIN_PASSWORD, CLI, startServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/platform.ts';

const WITHIN = { timeout: 60_000, interval: 100 };
/** One gateway, and one process of each service. */
const OWN_PROCESSES = 4;
const SERVERS = 2;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Marks the environment of every process of one cluster. */
const MARK = 'CLUSTER_UNDER_TEST';

async function startByCommand(dataDir: string) {
  const mark = `${MARK}=${await freePort()}`;
  const port = await freePort();
  const command = startNode({
    script: CLI,
    args: ['cluster', '--instances', '1', '--port', String(port), '--data-dir', dataDir],
    cwd: dataDir,
    env: { ADMIN_PASSWORD, BCRYPT_COST: '4', LOG_LEVEL: 'error', [MARK]: mark.slice(MARK.length + 1) },
  });
  cleanup.defer(() => command.stop('SIGKILL'));
  return { command, mark, url: `http://127.0.0.1:${port}` };
}

/** Counts the running processes, other than the command itself, whose environment has a mark. */
async function countMarked(mark: string, { pid }: NodeProcess): Promise<number> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && name !== String(pid));
  const environments = await Promise.all(
    pids.map((each) => readFile(`/proc/${each}/environ`, 'utf8').catch(() => '')),
  );
  return environments.filter((environment) => environment.split('\0').includes(mark)).length;
}

const reason = whyNoDynamoDb() ?? whyNoRedis();

describe.skipIf(reason !== undefined || process.platform !== 'linux')(
  `cnop cluster${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    it('starts a platform at one address, and leaves no process behind, even when it is killed', async () => {
      const dataDir = await temporaryFolder(cleanup);
      const first = await startByCommand(dataDir);
      await expect.poll(first.command.stdout, WITHIN).toContain(`a cluster at ${first.url}`);
      const api = createApi(first.url);
      await signIn(api, 'admin', ADMIN_PASSWORD);
      const { send } = await signUp(api, { cash: '1000.00' });
      const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' };
      expect((await send('POST', '/orders', { body })).status).toBe(201);
      expect(await countMarked(first.mark, first.command)).toBeGreaterThanOrEqual(OWN_PROCESSES + SERVERS);
      const beside = await startByCommand(dataDir);
      expect((await beside.command.exit).code).not.toBe(0);
      expect(beside.command.stderr()).toContain(`a cluster (process ${first.command.pid}) already uses`);

      expect(await first.command.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      expect(first.command.stdout()).toContain('Every process has ended.');
      await expect.poll(() => countMarked(first.mark, first.command), WITHIN).toBe(0);

      // The second one is killed during its start.
      const second = await startByCommand(dataDir);
      await expect
        .poll(() => countMarked(second.mark, second.command), WITHIN)
        .toBeGreaterThan(OWN_PROCESSES);
      await second.command.stop('SIGKILL');
      await expect.poll(() => countMarked(second.mark, second.command), WITHIN).toBe(0);
    });
  },
);

describe('cnop start', () => {
  it('runs one service alone', async () => {
    const cwd = await temporaryFolder(cleanup);
    const server = await startServer({ script: CLI, args: ['start', 'user'], cwd, env: { DATA_DIR: cwd } });
    cleanup.defer(() => server.process.stop());
    const health = await fetch(`${server.url}/health`);
    expect(await health.json()).toMatchObject({ service: 'user-service', status: 'healthy' });
    expect(await server.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
  });

  it('names the services when it is given another word', async () => {
    const { code, stderr } = await runNode({ script: CLI, args: ['start', 'warehouse'], cwd: '/' });
    expect(code).toBe(2);
    expect(stderr).toContain('gateway, user, order, inventory');
  });
});
