import { spawnSync } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createApi, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import type { Server } from '@cnop/testing/system/servers';
import { startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import { expectSound, readStored } from './support/stored.ts';

const MEGABYTE = 1_024 * 1_024;
const DISK_MEGABYTES = 160;
const MIN_FREE_MEGABYTES = 32;
const PATIENCE_MILLISECONDS = 60_000;
/** Long enough for dozens of ticks and several runs of each background task. */
const PAUSE_MILLISECONDS = 4_000;

/** A new platform logs this until the charts of all assets have a history. */
const HISTORY_PROGRESS = 'generating the price history: progress';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

function mount(folder: string): boolean {
  const size = `size=${DISK_MEGABYTES}m`;
  return spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]).status === 0;
}

/** A small disk needs the right to mount one. */
async function smallDisk(): Promise<string | undefined> {
  const folder = await temporaryFolder(cleanup);
  if (!mount(folder)) return undefined;
  cleanup.defer(() => spawnSync('umount', ['-l', folder]));
  return folder;
}

/** Fills a disk except for this many bytes. */
async function fill(folder: string, leftBytes: number): Promise<() => Promise<void>> {
  const ballast = path.join(folder, 'ballast');
  const { bavail, bsize } = await statfs(folder);
  await writeFile(ballast, Buffer.alloc(Math.max(0, bavail * bsize - leftBytes)));
  return () => rm(ballast);
}

const lines = (server: Server): Record<string, unknown>[] =>
  server.process
    .stdout()
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Record<string, unknown>] : []));

/** The market maker and the trigger engine have their names in their log lines. */
const isOfBackgroundWork = (line: Record<string, unknown>): boolean => 'component' in line;

describe('a disk that fills up', () => {
  it('refuses only writes, with a reason, and accepts them again by itself', async ({ skip }) => {
    const dataDir = await smallDisk();
    if (dataDir === undefined) return skip('this user may not mount a small disk');
    const metricsPort = await freePort();
    const server = await startStandaloneServer({
      dataDir,
      env: {
        MIN_FREE_DISK_MEGABYTES: String(MIN_FREE_MEGABYTES),
        METRICS_PORT: String(metricsPort),
        LOG_LEVEL: 'info',
        PRICE_FEED: 'simulated',
        PRICE_TICK_MILLISECONDS: '100',
        PRICE_PERSIST_SECONDS: '1',
      },
    });
    cleanup.defer(() => server.process.stop());
    const account = await signUp(createApi(server.url), { cash: '1000000' });
    const order = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.01' };
    expect((await account.send('POST', '/orders', { body: order })).status).toBe(201);
    const stop = { asset_id: 'BTC', order_type: 'trailing_stop', trail_amount: '0.01', quantity: '0.01' };
    const deposit = async () => account.send('POST', '/balance/deposit', { body: { amount: '1.00' } });
    const takesWrites = async () =>
      /cnop_store_takes_writes\{[^}]*\} (\d)/.exec(
        await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text(),
      )?.[1];
    expect(await takesWrites()).toBe('1');
    const hasHistory = () =>
      lines(server).some(({ msg, done, total }) => msg === HISTORY_PROGRESS && done === total);
    await expect.poll(hasHistory, { timeout: PATIENCE_MILLISECONDS }).toBe(true);

    const free = await fill(dataDir, (MIN_FREE_MEGABYTES - 8) * MEGABYTE);
    await expect.poll(async () => (await deposit()).status, { timeout: PATIENCE_MILLISECONDS }).toBe(503);
    const before = lines(server).length;
    const refused = await account.send('POST', '/orders', { body: stop });
    expect(refused.status).toBe(503);
    expect(refused.json()).toMatchObject({
      code: 'SVC_001',
      detail: expect.stringContaining('disk') as string,
    });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    for (const read of ['/balance', '/portfolio', '/orders', '/inventory/assets']) {
      expect((await account.send('GET', read)).status, read).toBe(200);
    }
    const readiness = async () => (await fetch(`${server.url}/health/ready`)).status;
    // The gateway asks the services once a second.
    await expect.poll(readiness, { timeout: PATIENCE_MILLISECONDS }).toBe(503);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
    expect(await takesWrites()).toBe('0');
    // Only waiting shows that nothing is logged.
    await wait(PAUSE_MILLISECONDS);
    expect(server.process.hasEnded).toBe(false);
    expect(lines(server).slice(before).filter(isOfBackgroundWork)).toEqual([]);
    expect(lines(server).filter(({ msg }) => String(msg).startsWith('the disk is nearly full'))).toHaveLength(
      1,
    );

    await free();
    await expect.poll(async () => (await deposit()).status, { timeout: PATIENCE_MILLISECONDS }).toBe(201);
    // Prices move again, and the engine follows them.
    const place = async () => account.send('POST', '/orders', { body: stop });
    let placed = await place();
    await expect
      .poll(async () => (placed.status === 201 ? placed : (placed = await place())).status, {
        timeout: PATIENCE_MILLISECONDS,
      })
      .toBe(201);
    const { data } = placed.json<{ data: { order_id: string } }>();
    const statusOf = async () =>
      (await account.send('GET', `/orders/${data.order_id}`)).json<{ data: { status: string } }>().data
        .status;
    await expect.poll(statusOf, { timeout: PATIENCE_MILLISECONDS }).toBe('completed');
    expect(await takesWrites()).toBe('1');
    await expect.poll(readiness, { timeout: PATIENCE_MILLISECONDS }).toBe(200);
    expect(await server.process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
    await readStored(dataDir, expectSound);
  });

  it('ends the process with a last log line about it when a commit fails nevertheless', async ({ skip }) => {
    const dataDir = await smallDisk();
    if (dataDir === undefined) return skip('this user may not mount a small disk');
    const server = await startStandaloneServer({ dataDir, env: { MIN_FREE_DISK_MEGABYTES: '0' } });
    cleanup.defer(() => server.process.stop());
    const account = await signUp(createApi(server.url));
    const free = await fill(dataDir, 256 * 1_024);
    let acknowledged = 0;
    const depositOn = async (): Promise<void> => {
      while (!server.process.hasEnded) {
        const answer = await account
          .send('POST', '/balance/deposit', { body: { amount: '1.00' } })
          .catch(() => undefined);
        if (answer?.status !== 201) return;
        acknowledged += 1;
      }
    };
    await Promise.all(Array.from({ length: 8 }, depositOn));
    await server.process.exit;
    const last = lines(server).at(-1);
    expect(last?.['msg']).toMatch(
      /^The store in .* could not commit \(.*\): the disk is full\. Free some space/,
    );
    await free();
    await readStored(dataDir, async (store) => {
      await expectSound(store);
      const balance = await createBalanceDao(store).getBalance(account.username);
      // Acknowledged writes are there; requests that were in flight at the end may be.
      expect(Number(balance?.current_balance)).toBeGreaterThanOrEqual(acknowledged);
    });
    expect(acknowledged).toBeGreaterThan(0);
  });
});
