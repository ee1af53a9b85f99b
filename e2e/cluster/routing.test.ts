import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { Health } from '@cnop/common/entities/health';
import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { Account } from '@cnop/testing/system/api-client';
import { createApi } from '@cnop/testing/system/api-client';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { ClusterProcess } from '@cnop/testing/system/cluster';
import type { Answer } from '@cnop/testing/system/raw-request';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DynamoDbPlatform } from '../support/platform.ts';
import { startOverDynamoDb, temporaryFolder } from '../support/platform.ts';
import { signUpWithRetries } from '../support/retrying-client.ts';

const WORKERS = 8;
const PATIENCE = { timeout: 60_000, interval: 50 };
/** A gateway with this interval does not probe while the tests run. */
const NO_PROBES = '3600000';
/** The gateway waits this long for the response to a read. */
const READ_TIMEOUT_MILLISECONDS = 5_000;
/** After this time a read goes to another instance. */
const PATIENCE_MILLISECONDS = 1_000;
/** Within this time after an instance hangs, requests avoid it. */
const RECOVERY_MILLISECONDS = 3_000;
const reason = whyNoDynamoDb();

interface Outcome {
  readonly request: string;
  /** 0 when the connection broke. */
  readonly status: number;
  readonly startedAt: number;
  readonly milliseconds: number;
}

type RequestOf = (account: Account) => Promise<Answer>;

const REQUESTS = {
  'read of orders': (account) => account.send('GET', '/orders'),
  'read of prices': (account) => account.send('GET', '/inventory/assets'),
  'read of the balance': (account) => account.send('GET', '/balance'),
  'order with a key': (account) => placeOrder(account, randomUUID()),
  'order without a key': (account) => placeOrder(account),
  'deposit without a key': (account) =>
    account.send('POST', '/balance/deposit', { body: { amount: '1.00' } }),
} satisfies Record<string, RequestOf>;
type RequestName = keyof typeof REQUESTS;
const REPEATABLE: readonly RequestName[] = [
  'read of orders',
  'read of prices',
  'read of the balance',
  'order with a key',
];
const ALL = Object.keys(REQUESTS) as readonly RequestName[];

function placeOrder(account: Account, key?: string): Promise<Answer> {
  const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.0001' };
  return account.send('POST', '/orders', { body, ...(key !== undefined && { key }) });
}

/** Sends requests, one after the other for each account, while the condition holds. */
async function load(
  accounts: readonly Account[],
  names: readonly RequestName[],
  mayGoOn: (sent: readonly Outcome[]) => boolean,
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let turn = 0;
  const work = async (account: Account): Promise<void> => {
    while (mayGoOn(outcomes)) {
      const request = names[turn++ % names.length]!;
      const startedAt = performance.now();
      const status = await REQUESTS[request](account).then(
        (answer) => answer.status,
        () => 0,
      );
      outcomes.push({ request, status, startedAt, milliseconds: performance.now() - startedAt });
    }
  };
  await Promise.all(accounts.map(work));
  return outcomes;
}

const failuresOf = (outcomes: readonly Outcome[]) =>
  outcomes.filter(({ status }) => status === 0 || status >= 500);

/** A way to the store that can be cut. */
async function openWayTo(endpoint: string, cleanup: Cleanup) {
  const { hostname, port } = new URL(endpoint);
  const server = createServer((socket) => {
    const other = connect(Number(port), hostname);
    for (const end of [socket, other]) end.on('error', () => undefined);
    socket.pipe(other).pipe(socket);
    socket.on('close', () => other.destroy());
    cut.push(() => socket.destroy());
  });
  const cut: (() => void)[] = [() => server.close()];
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const close = () => {
    for (const each of cut.splice(0)) each();
  };
  cleanup.defer(close);
  const address = server.address();
  const ownPort = typeof address === 'object' ? address?.port : undefined;
  return { endpoint: `http://127.0.0.1:${ownPort}`, cut: close };
}

describe.skipIf(reason !== undefined)(
  `two instances of each service${reason ? ` (skipped: ${reason})` : ''}`,
  () => {
    const cleanup = createCleanup();
    let platform: DynamoDbPlatform;
    /** Accounts behind the gateway, and the same behind a gateway that does not probe, as a control. */
    let accounts: readonly Account[];
    let blind: readonly Account[];
    let instances: readonly ClusterProcess[];
    let order: ClusterProcess;

    /** The states of all instances, as the gateway sees them. */
    const states = async () => {
      const health = (await (await fetch(`${platform.cluster.gateways[0]?.url}/health`)).json()) as Health;
      return Object.values(health.instances ?? {}).flat();
    };
    const untilAllReady = () =>
      vi.waitFor(async () => expect(new Set(await states())).toEqual(new Set(['ready'])), PATIENCE);

    beforeAll(async () => {
      platform = await startOverDynamoDb(cleanup, {
        instances: { gateway: 2, user: 2, order: 2, inventory: 2 },
      });
      const { gateways, users, orders, processes } = platform.cluster;
      const makers = processes.filter(({ role }) => role === 'inventory');
      instances = [users[1]!, orders[1]!, makers[1]!];
      order = orders[1]!;
      const file = path.join(await temporaryFolder(cleanup), 'orders.txt');
      await writeFile(file, orders.map(({ url }) => `${url}\n`).join(''));
      await gateways[1]!.process.stop('SIGTERM');
      await gateways[1]!.process.start({
        PROBE_INTERVAL_MILLISECONDS: NO_PROBES,
        ORDER_SERVICE_URLS: pathToFileURL(file).href,
        TRUSTED_PROXIES: 'none',
      });
      const api = createApi(gateways[0]!.url);
      const blindApi = createApi(gateways[1]!.url);
      accounts = await Promise.all(
        Array.from({ length: WORKERS }, () => signUpWithRetries(api, { cash: '100000.00' })),
      );
      blind = accounts.map((account) => ({
        ...account,
        send: (method, route, options) => blindApi(method, route, { token: account.token, ...options }),
      }));
      await untilAllReady();
    });
    afterAll(() => cleanup.run());

    it('fail no read and no order with a key while one of each is killed and dead, in a tight loop', async () => {
      let deadSince = Infinity;
      let killing: Promise<unknown> | undefined;
      const outcomes = await load(accounts, REPEATABLE, ({ length }) => {
        if (length > 30) killing ??= Promise.all(instances.map(({ process }) => process.stop('SIGKILL')));
        void killing?.then(() => {
          deadSince = Math.min(deadSince, length);
        });
        return length < deadSince + 100;
      });
      expect(failuresOf(outcomes)).toEqual([]);
    });

    it('fail no request of any kind while one of each is dead, in a slow loop', async () => {
      const [account] = accounts;
      const outcomes: Outcome[] = [];
      for (let i = 0; i < 4; i++) {
        for (const request of ALL) {
          const { status } = await REQUESTS[request](account!);
          outcomes.push({ request, status, startedAt: performance.now(), milliseconds: 0 });
          // Ejections end meanwhile.
          await wait(100);
        }
      }
      expect(failuresOf(outcomes)).toEqual([]);
    });

    it('fail no read when one hangs, and avoid it within three seconds', async () => {
      await Promise.all(instances.map(({ process }) => process.start()));
      await untilAllReady();
      order.process.signal('SIGSTOP');
      const stoppedAt = performance.now();
      // Until reads that it kept would have failed.
      const mayGoOn = () => performance.now() < stoppedAt + 2 * READ_TIMEOUT_MILLISECONDS;
      const [outcomes, control] = await Promise.all(
        [accounts, blind].map((each) => load(each.slice(0, WORKERS / 2), ['read of orders'], mayGoOn)),
      );
      order.process.signal('SIGCONT');
      expect(failuresOf(outcomes!)).toEqual([]);
      const lateAndSlow = (each: readonly Outcome[] = []) =>
        each.filter(
          ({ startedAt, milliseconds }) =>
            startedAt > stoppedAt + RECOVERY_MILLISECONDS && milliseconds > PATIENCE_MILLISECONDS,
        );
      // Without probes reads go on waiting for it.
      expect(lateAndSlow(control).length).toBeGreaterThan(lateAndSlow(outcomes).length);
      await untilAllReady();
    });

    it('fail no read and no order with a key when one loses its store and says so', async () => {
      const way = await openWayTo(platform.endpoint, cleanup);
      await order.process.stop('SIGTERM');
      await order.process.start({ DYNAMODB_ENDPOINT: way.endpoint });
      await untilAllReady();
      const outcomes = await load(accounts, ['read of orders', 'order with a key'], ({ length }) => {
        if (length > 30) way.cut();
        return length < 130;
      });
      expect(failuresOf(outcomes)).toEqual([]);
      expect(await states()).toContain('not_ready');
      // For the audit, which expects that every process stops in order.
      await order.process.stop('SIGKILL');
      await order.process.start();
    });

    it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
      await platform.stopAndAudit();
    });
  },
);
