import { cp } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import type { OrderId } from '@cnop/common/core/brands';
import { createOrderDao, orderRecord } from '@cnop/common/dao/order/order-dao';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import type { Account } from '@cnop/testing/system/api-client';
import { createApi, freshName, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import type { Server } from '@cnop/testing/system/servers';
import { spawnStandalone, startStandaloneServer } from '@cnop/testing/system/servers';
import { afterAll, expect, it } from 'vitest';
import type { Acknowledged, Intent } from './support/acknowledgements.ts';
import { countEffects, lostWrites, sendIntent } from './support/acknowledgements.ts';
import { temporaryFolder } from './support/platform.ts';
import { changeStored, expectSound, readStored } from './support/stored.ts';

/** Servers that are killed side by side, each with its own folder: while one starts, the other is under load. */
const SERVERS = 2;
/** Kills of each server under load; `CRASH_KILLS=500` kills more. */
const LOAD_KILLS = Number(process.env['CRASH_KILLS'] ?? '8');
/** Kills of each server: the first while it creates its folder, then while it starts, then under load. */
const KILLS = { firstStart: 1, start: LOAD_KILLS / 8, load: LOAD_KILLS };
/** Long enough to get from opening the store to loading the catalogue. */
const START_KILLED_AFTER_MAX_MILLISECONDS = 900;
const LOAD_KILLED_AFTER_MAX_MILLISECONDS = 400;
const USERS = 4;
const CLIENTS_PER_USER = 3;
const TIMEOUT_MILLISECONDS = 200_000 + LOAD_KILLS * 10_000;

const cleanup = createCleanup();
afterAll(() => cleanup.run());

/** Clients that send one intent after the other and record those that were answered. */
function createClients() {
  const acknowledged: Acknowledged[] = [];
  const sentPerUser = new Map<string, Record<Intent['kind'], number>>();
  /** The answers other than success. */
  const unexpected: string[] = [];
  let unanswered: Intent[] = [];
  let sequence = 0;

  function nextIntent(account: Account): Intent {
    const key = `intent-${sequence++}`;
    const kind = sequence % 2 === 0 ? 'deposit' : 'order';
    const sent = sentPerUser.get(account.username) ?? { order: 0, deposit: 0 };
    sentPerUser.set(account.username, { ...sent, [kind]: sent[kind] + 1 });
    const body =
      kind === 'deposit'
        ? { amount: '10.00' }
        : {
            asset_id: 'ETH',
            order_type: sequence % 3 === 0 ? 'market_sell' : 'market_buy',
            quantity: '0.001',
          };
    return { kind, account, key, body };
  }

  /** Returns false when there is no answer, since the server is down. */
  async function attempt(intent: Intent): Promise<boolean> {
    try {
      const answer = await sendIntent(intent);
      if (answer.status === 201) acknowledged.push({ ...intent, answer: answer.text });
      else unexpected.push(`${intent.key}: ${answer.status} ${answer.text}`);
      return true;
    } catch {
      unanswered.push(intent);
      return false;
    }
  }

  return {
    acknowledged,
    sentPerUser,
    unexpected,
    async retryUnanswered(): Promise<number> {
      const retried = unanswered;
      unanswered = [];
      await Promise.all(retried.map(attempt));
      return retried.length;
    },
    /** Runs until the server is down. */
    async run(account: Account): Promise<void> {
      while (await attempt(nextIntent(account)));
    },
  };
}

/** Creates a server on its own folder, which the test can kill and start again. */
async function createServer() {
  const dataDir = await temporaryFolder(cleanup);
  const port = await freePort();
  const startMilliseconds: number[] = [];
  return {
    dataDir,
    startMilliseconds,
    async start(): Promise<Server> {
      const server = await startStandaloneServer({ dataDir, port });
      cleanup.defer(() => server.process.stop());
      startMilliseconds.push(server.startMilliseconds);
      return server;
    },
    async killWhileStarting(): Promise<void> {
      const starting = spawnStandalone({ dataDir, port });
      await wait(Math.random() * START_KILLED_AFTER_MAX_MILLISECONDS);
      await starting.stop('SIGKILL');
    },
  };
}

/** Signs up users with cash and units to sell. */
async function createAccounts({ url }: Server): Promise<readonly Account[]> {
  const api = createApi(url);
  const accounts = await Promise.all(
    Array.from({ length: USERS }, () => signUp(api, { username: freshName('crash'), cash: '1000000.00' })),
  );
  for (const account of accounts) {
    const body = { asset_id: 'ETH', order_type: 'market_buy', quantity: '20' };
    expect((await account.send('POST', '/orders', { body })).status).toBe(201);
  }
  return accounts;
}

/** Kills one server repeatedly, and expects every acknowledged write in its store. Returns those writes. */
async function killAgainAndAgain() {
  const clients = createClients();
  const { dataDir, start, killWhileStarting, startMilliseconds } = await createServer();
  let retried = 0;

  for (let i = 0; i < KILLS.firstStart; i++) await killWhileStarting();
  let server = await start();
  const accounts = await createAccounts(server);
  for (let i = 0; i < KILLS.load; i++) {
    const load = accounts.flatMap((account) =>
      Array.from({ length: CLIENTS_PER_USER }, () => clients.run(account)),
    );
    await wait(Math.random() * LOAD_KILLED_AFTER_MAX_MILLISECONDS);
    await server.process.stop('SIGKILL');
    await Promise.all(load);
    if (i % (KILLS.load / KILLS.start) === 0) await killWhileStarting();
    // Runs while the next server starts, which changes nothing that this compares.
    [server] = await Promise.all([start(), readStored(dataDir, expectSound)]);
    retried += await clients.retryUnanswered();
  }
  expect(clients.unexpected).toEqual([]);
  await server.process.stop('SIGKILL');

  const { acknowledged } = clients;
  await readStored(dataDir, async (store) => {
    await expectSound(store);
    expect(await lostWrites(store, acknowledged)).toEqual([]);
    for (const { username } of accounts) {
      const sent = clients.sentPerUser.get(username);
      // One order and one deposit were made before, without a key.
      const expected = { order: (sent?.order ?? 0) + 1, deposit: (sent?.deposit ?? 0) + 1 };
      expect(await countEffects(store, username)).toEqual(expected);
    }
  });
  expect(acknowledged.length).toBeGreaterThan(KILLS.load);
  await expectTheCheckToBite(dataDir, acknowledged);
  return { acknowledged: acknowledged.length, retried, slowestStart: Math.max(...startMilliseconds) };
}

it(
  'no acknowledged write is lost and no retry takes effect twice, however often the server is killed',
  async () => {
    const outcomes = await Promise.all(Array.from({ length: SERVERS }, killAgainAndAgain));
    const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
    const kills = SERVERS * total(Object.values(KILLS));
    const acknowledged = total(outcomes.map((outcome) => outcome.acknowledged));
    const retried = total(outcomes.map((outcome) => outcome.retried));
    const slowest = Math.round(Math.max(...outcomes.map(({ slowestStart }) => slowestStart)));
    process.stdout.write(
      `  ${kills} kills, ${acknowledged} acknowledged writes, ${retried} retried, ` +
        `0 lost; slowest restart ${slowest} ms\n`,
    );
  },
  TIMEOUT_MILLISECONDS,
);

/** The control: removes one acknowledged order from a copy of the store, which the check must report. */
async function expectTheCheckToBite(dataDir: string, acknowledged: readonly Acknowledged[]): Promise<void> {
  const copy = await temporaryFolder(cleanup);
  await cp(dataDir, copy, { recursive: true });
  const victim = acknowledged.find(({ kind }) => kind === 'order')!;
  const { data } = JSON.parse(victim.answer) as { data: { order_id: OrderId } };
  await changeStored(copy, async (store) => {
    const key = orderRecord.key(data);
    await store.transact({ key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined }));
    expect(await createOrderDao(store).getOrder(data.order_id)).toBeUndefined();
  });
  await readStored(copy, async (store) => {
    expect(await lostWrites(store, acknowledged)).toEqual([victim.key]);
    const { violations } = await verifyStore(store);
    expect(violations.map(({ rule }) => rule)).toContain('trade-order');
  });
}
