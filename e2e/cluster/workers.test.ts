import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Sample } from '@cnop/standalone/cluster/read-metrics';
import { parseMetrics } from '@cnop/standalone/cluster/read-metrics';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { createApi, expectStatus, signUp } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import type { NodeProcess } from '@cnop/testing/system/node-process';
import { spawnStandalone, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { describeAccountJourneys } from '../support/account-journeys.ts';
import type { Acknowledged, Intent } from '../support/acknowledgements.ts';
import { lostWrites, sendIntent } from '../support/acknowledgements.ts';
import { describeExactlyOnce } from '../support/exactly-once.ts';
import { onPlatform } from '../support/on-platform.ts';
import type { Platform } from '../support/platform.ts';
import { temporaryFolder } from '../support/platform.ts';
import { expectSound, readStored } from '../support/stored.ts';
import { cutStreams, deposit, hello, open, withSeq } from '../support/streams.ts';
import { describeTradingJourneys } from '../support/trading-journeys.ts';

const WORKERS = 2;
/** The interval at which a stream finds events without a message. */
const POLL_MILLISECONDS = 3_000;
/** For a busy machine. */
const PATIENCE = { timeout: 60_000, interval: 20 };

interface WorkersPlatform extends Platform {
  readonly dataDir: string;
  /** The parent of the workers. */
  readonly process: NodeProcess;
  /** Opens a connection for each request: the parent passes them to the workers in turn. */
  readonly inTurn: Send;
  metrics(): Promise<Sample[]>;
  /** Returns the process id of a worker. */
  pidOf(worker: number): number;
}

/** Starts the platform in workers and waits for all of them. */
async function startWorkers(
  cleanup: Cleanup,
  env: Readonly<Record<string, string>> = {},
): Promise<WorkersPlatform> {
  const dataDir = await temporaryFolder(cleanup);
  const metricsPort = await freePort();
  const { url, process } = await startStandaloneServer({
    dataDir,
    env: { WORKERS: String(WORKERS), METRICS_PORT: String(metricsPort), ...env },
  });
  cleanup.defer(() => process.stop());
  await vi.waitFor(() => expect(process.stdout()).toContain(`is ready at ${url}`), PATIENCE);
  return {
    url,
    dataDir,
    process,
    api: createApi(url),
    inTurn: createApi(url, 'new'),
    metrics: async () => parseMetrics(await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()),
    pidOf: (worker) => childOf(process.pid, worker),
    async stopAndAudit() {
      expect(await process.stop('SIGTERM')).toEqual({ code: 0, signal: null });
      await readStored(dataDir, expectSound);
    },
  };
}

/** Returns the process id of a worker, by its number among the arguments of the children of the parent. */
function childOf(parent: number, worker: number): number {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8')
    .trim()
    .split(' ')
    .map(Number);
  const pid = children.find((child) =>
    readFileSync(`/proc/${child}/cmdline`, 'utf8').endsWith(`worker.js\0${worker}\0`),
  );
  if (pid === undefined) throw new Error(`worker ${worker} does not run`);
  return pid;
}

const hasEnded = (pid: number): boolean => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
};
const valuesOf = (samples: readonly Sample[], name: string, labels: Readonly<Record<string, string>> = {}) =>
  samples.filter(
    (sample) =>
      sample.name === name &&
      Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
  );
const sumOf = (samples: readonly Sample[]) => samples.reduce((sum, { value }) => sum + value, 0);
const restartsOf = (samples: readonly Sample[]) => sumOf(valuesOf(samples, 'cnop_worker_restarts_total'));
const leaderOf = (samples: readonly Sample[]) =>
  Number(valuesOf(samples, 'cnop_price_leader').find(({ value }) => value === 1)?.labels['worker']);

describe('two workers over one store', () => {
  let platform: WorkersPlatform;
  afterEach(cutStreams);

  onPlatform(
    async (cleanup) => {
      platform = await startWorkers(cleanup, { LOG_LEVEL: 'info' });
      // Consecutive requests of one client reach different workers.
      return { ...platform, api: platform.inTurn };
    },
    (platformOf) => {
      describeAccountJourneys(platformOf, { sessionsEndAtOnce: true });
      describeTradingJourneys(platformOf);
      describeExactlyOnce(platformOf, { withdrawals: 50, keys: 40, copiesPerKey: 5 });

      it('what one worker answered is read at the other at once', async () => {
        const { send } = await signUp(platform.inTurn);
        for (let paidIn = 1; paidIn <= 100; paidIn++) {
          expectStatus(await send('POST', '/balance/deposit', { body: { amount: '1.00' } }), 201);
          expect((await send('GET', '/balance')).json()).toMatchObject({ current_balance: `${paidIn}.00` });
        }
      });

      it('both serve, and the metrics on one port have the requests of both', async () => {
        const { send } = await signUp(platform.inTurn);
        const before = await platform.metrics();
        const requests = 40;
        for (let i = 0; i < requests; i++) expectStatus(await send('GET', '/balance'), 200);
        const after = await platform.metrics();
        const served = (samples: readonly Sample[], worker?: string) =>
          sumOf(
            valuesOf(samples, 'http_request_duration_seconds_count', {
              route: '/api/v1/balance',
              method: 'GET',
              ...(worker !== undefined && { worker }),
            }),
          );
        expect(served(after) - served(before)).toBe(requests);
        expect(served(after, '1') - served(before, '1')).toBe(requests / WORKERS);
        expect(sumOf(valuesOf(after, 'cnop_workers'))).toBe(WORKERS);
        expect(sumOf(valuesOf(after, 'cnop_price_leader'))).toBe(1);
      });

      it('every line of the common log is whole, and names its worker', () => {
        const lines = platform.process
          .stdout()
          .split('\n')
          .filter((line) => line.startsWith('{'));
        const requests = lines
          .map((line) => JSON.parse(line) as { readonly msg: string; readonly worker?: number })
          .filter(({ msg }) => msg === 'request completed');
        expect(new Set(requests.map(({ worker }) => worker))).toEqual(new Set([1, 2]));
      });

      it('streams at either worker get an event within a tenth of the interval of polling', async () => {
        const account = await signUp(platform.inTurn, { cash: '1.00' });
        const origin = `${platform.url}/api/v1`;
        const streams = await Promise.all(Array.from({ length: 4 }, () => open(origin, account)));
        for (const stream of streams) await hello(stream);
        const delays: number[] = [];
        for (let seq = 2; seq <= 31; seq++) {
          await deposit(account);
          const answeredAt = performance.now();
          const frames = await Promise.all(streams.map((stream) => stream.waitFor(withSeq(seq))));
          delays.push(Math.max(...frames.map(({ atMilliseconds }) => atMilliseconds - answeredAt)));
        }
        delays.sort((one, other) => one - other);
        expect(delays[Math.floor(delays.length / 2)]).toBeLessThan(POLL_MILLISECONDS / 10);
      });
    },
  );
});

const ACCOUNTS = 4;
const CLIENTS_PER_ACCOUNT = 3;
/** More answers than clients: some were asked for after a certain moment. */
const ANSWERS = ACCOUNTS * CLIENTS_PER_ACCOUNT + 1;
/** First of the price leader, then of another worker; `WORKER_KILLS=100` kills more. */
const KILLS = Number(process.env['WORKER_KILLS'] ?? '2');
/** When a client of these tests gives up. */
const CLIENT_TIMEOUT_MILLISECONDS = 60_000;
const SIGN_INS_A_MINUTE = 60;

/** Clients that repeat each keyed request until it is answered, as a client of a dead worker must. */
function startLoad(accounts: readonly Account[]) {
  const acknowledged: Acknowledged[] = [];
  const refused: string[] = [];
  let sequence = 0;
  let isRunning = true;

  const nextIntent = (account: Account): Intent => {
    const key = `intent-${sequence++}`;
    return sequence % 2 === 0
      ? { kind: 'deposit', account, key, body: { amount: '10.00' } }
      : {
          kind: 'order',
          account,
          key,
          body: { asset_id: 'ETH', order_type: 'market_buy', quantity: '0.001' },
        };
  };
  const run = async (account: Account): Promise<void> => {
    while (isRunning) {
      const intent = nextIntent(account);
      let answer = await sendIntent(intent).catch(() => undefined);
      while (!answer) answer = await sendIntent(intent).catch(() => undefined);
      if (answer.status === 201) acknowledged.push({ ...intent, answer: answer.text });
      else refused.push(`${answer.status} ${answer.text}`);
    }
  };
  const ended = Promise.all(
    accounts.flatMap((account) => Array.from({ length: CLIENTS_PER_ACCOUNT }, () => run(account))),
  );
  return {
    acknowledged,
    refused,
    async stop() {
      isRunning = false;
      await ended;
    },
  };
}

describe('workers that end', () => {
  const cleanup = createCleanup();
  let platform: WorkersPlatform;
  beforeAll(async () => {
    platform = await startWorkers(cleanup, {
      RATE_LIMIT_AUTH: String(SIGN_INS_A_MINUTE),
      // A busy machine takes long to start a worker.
      MAX_QUOTE_AGE_SECONDS: '10',
    });
  });
  afterAll(() => cleanup.run());

  const isWhole = async () => {
    const samples = await platform.metrics();
    return sumOf(valuesOf(samples, 'cnop_workers')) === WORKERS && leaderOf(samples) > 0;
  };

  it('lose nothing that was answered when they are killed under load, and are replaced while the others go on', async () => {
    const accounts: Account[] = [];
    for (let i = 0; i < ACCOUNTS; i++) accounts.push(await signUp(platform.api, { cash: '1000000.00' }));
    const load = startLoad(accounts);
    for (let kill = 0; kill < KILLS; kill++) {
      await expect.poll(isWhole, PATIENCE).toBe(true);
      const leader = leaderOf(await platform.metrics());
      const pid = platform.pidOf(kill % 2 === 0 ? leader : 1 + WORKERS - leader);
      const answered = load.acknowledged.length;
      await expect.poll(() => load.acknowledged.length, PATIENCE).toBeGreaterThan(answered + ANSWERS);
      process.kill(pid, 'SIGKILL');
      const answeredAtKill = load.acknowledged.length;
      await expect.poll(() => load.acknowledged.length, PATIENCE).toBeGreaterThan(answeredAtKill + ANSWERS);
      await expect.poll(() => platform.metrics().then(restartsOf), PATIENCE).toBe(kill + 1);
    }
    await expect.poll(isWhole, PATIENCE).toBe(true);
    await load.stop();
    // A stale price would have refused orders with 503.
    expect(load.refused).toEqual([]);
    await readStored(platform.dataDir, async (store) => {
      expect(await lostWrites(store, load.acknowledged)).toEqual([]);
    });
  });

  it('leave no client waiting whose connection they never took', async () => {
    await expect.poll(isWhole, PATIENCE).toBe(true);
    const pid = platform.pidOf(1);
    process.kill(pid, 'SIGSTOP');
    const ends: string[] = [];
    const requests = Array.from({ length: 3 * WORKERS }, async () =>
      platform.inTurn('GET', '/inventory/assets?limit=1').then(
        ({ status }) => ends.push(`${status}`),
        () => ends.push('no answer'),
      ),
    );
    // The parent offers a worker one connection at a time, and this one takes none.
    await expect.poll(() => ends.length, PATIENCE).toBe(requests.length - 1);
    process.kill(pid, 'SIGKILL');
    // Well before the client itself gives up.
    await expect.poll(() => ends.length, { timeout: CLIENT_TIMEOUT_MILLISECONDS / 2 }).toBe(requests.length);
    expect(ends).toEqual([...Array.from({ length: requests.length - 1 }, () => '200'), 'no answer']);
  });

  // Takes 20 seconds, almost all of them waiting.
  it.runIf(process.env['WORKER_HANGS'])('are killed and replaced when they hang', async () => {
    const hung = platform.pidOf(1);
    process.kill(hung, 'SIGSTOP');
    await expect.poll(() => hasEnded(hung), PATIENCE).toBe(true);
    await expect.poll(isWhole, PATIENCE).toBe(true);
  });

  it('share one limit of sign-ins', async () => {
    const attempts = Array.from({ length: SIGN_INS_A_MINUTE + 10 }, () =>
      platform.inTurn('POST', '/auth/login', { body: { username: 'unknown', password: 'Wrong-Password-1' } }),
    );
    const statuses = (await Promise.all(attempts)).map(({ status, headers }) => ({
      isLimited: status === 429 && headers.get('ratelimit')?.includes('r=0') === true,
      status,
    }));
    // Some of the limit was used by the sign-ups of the test before.
    expect(statuses.filter(({ isLimited }) => !isLimited).length).toBeLessThanOrEqual(SIGN_INS_A_MINUTE);
    expect(statuses.filter(({ isLimited }) => isLimited).length).toBeGreaterThanOrEqual(10);
  });

  it('end with their parent: on SIGTERM in order, and when it is killed', async () => {
    await expect.poll(isWhole, PATIENCE).toBe(true);
    const pids = [1, 2].map((worker) => platform.pidOf(worker));
    await platform.stopAndAudit();
    expect(pids.map(hasEnded)).toEqual([true, true]);

    const again = await startWorkers(cleanup, { DATA_DIR: platform.dataDir });
    const orphans = [1, 2].map((worker) => again.pidOf(worker));
    expect(orphans.map(hasEnded)).toEqual([false, false]);
    await again.process.stop('SIGKILL');
    await expect.poll(() => orphans.map(hasEnded), PATIENCE).toEqual([true, true]);
  });

  it('make the command fail with the reason when they cannot start', async () => {
    const port = await freePort();
    const taken = createServer().listen(port, '127.0.0.1');
    cleanup.defer(() => taken.close());
    await once(taken, 'listening');
    const failing = spawnStandalone({ dataDir: platform.dataDir, port, env: { WORKERS: String(WORKERS) } });
    expect(await failing.exit).toEqual({ code: 1, signal: null });
    expect(failing.stderr()).toContain('Another program uses this port.');
  });
});
