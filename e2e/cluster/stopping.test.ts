import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import type { Username } from '@cnop/common/core/brands';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { Account } from '@cnop/testing/system/api-client';
import { createApi, signUp } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { Answer } from '@cnop/testing/system/raw-request';
import { sendRaw } from '@cnop/testing/system/raw-request';
import type { Server } from '@cnop/testing/system/servers';
import { startStandaloneServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../support/platform.ts';
import { expectSound, readStored } from '../support/stored.ts';

/** The deadline of a shutdown after its delay. */
const MAX_SHUTDOWN_MILLISECONDS = 10_000;
const REQUESTS_IN_FLIGHT = 100;
const CLIENTS = 8;
/** A load balancer asks less often, and has a longer delay for it. */
const PROBE_INTERVAL_MILLISECONDS = 200;
/** For a busy machine. */
const PATIENCE = { timeout: 30_000 };

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function start(delaySeconds: number): Promise<Server & { readonly dataDir: string }> {
  const dataDir = await temporaryFolder(cleanup);
  const env = { SHUTDOWN_DELAY_SECONDS: String(delaySeconds) };
  const server = await startStandaloneServer({ dataDir, env });
  cleanup.defer(() => server.process.stop());
  return { ...server, dataDir };
}

describe('a stop without a delay', () => {
  it('answers accepted requests, accepts no more, and exits in time; clients that follow readiness notice too late', {
    retry: 2,
  }, async () => {
    const server = await start(0);
    const account = await signUp(createApi(server.url), { cash: '0.01' });
    const begun = Array.from({ length: REQUESTS_IN_FLIGHT }, () => beginDeposit(server.url, account));
    const load = createLoad(server.url, account);
    const followers = followReadiness(server.url, account);
    await Promise.all(begun.map(({ isRead }) => isRead));
    await expect.poll(() => load.acknowledged.length, PATIENCE).toBeGreaterThan(0);
    await expect.poll(() => followers.answers.length, PATIENCE).toBeGreaterThan(0);

    const asked = performance.now();
    const ended = server.process.stop('SIGTERM');
    await Promise.all([load.refused, followers.ended]);
    const answers = await Promise.all(begun.map((each) => each.finish()));
    expect(await ended).toEqual({ code: 0, signal: null });
    const milliseconds = Math.round(performance.now() - asked);
    const { acknowledged, unanswered } = load;

    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    expect(answers.map(({ connection }) => connection)).toEqual(answers.map(() => 'close'));
    expect(milliseconds).toBeLessThan(MAX_SHUTDOWN_MILLISECONDS);
    // The control of the delay. On a busy machine the followers may be slow, and lose the race once.
    expect(followers.failures.length).toBeGreaterThan(0);
    expect(server.process.stderr() + server.process.stdout()).not.toContain('"level":"error"');
    await readStored(server.dataDir, async (store) => {
      await expectSound(store);
      const stored = await descriptionsOf(createBalanceDao(store), account.username);
      expect(acknowledged.filter((description) => !stored.has(description))).toEqual([]);
      // A request that was refused left nothing behind.
      expect(unanswered.filter((description) => stored.has(description))).toEqual([]);
    });
    process.stdout.write(
      `  stopped within ${milliseconds} ms with ${REQUESTS_IN_FLIGHT} requests in flight; ` +
        `${acknowledged.length} others answered, ${unanswered.length} found the door closed\n`,
    );
  });
});

describe('an end without a drain', () => {
  it('resets the requests in flight, which is what the drain is for', async () => {
    const server = await start(0);
    const account = await signUp(createApi(server.url));
    const begun = Array.from({ length: REQUESTS_IN_FLIGHT }, () => beginDeposit(server.url, account));
    await Promise.all(begun.map(({ isRead }) => isRead));
    const answers = Promise.allSettled(begun.map(({ answered }) => answered));
    await server.process.stop('SIGKILL');
    expect((await answers).map(({ status }) => status)).toEqual(begun.map(() => 'rejected'));
  });
});

describe('a stop with a delay', () => {
  it('is seen in readiness before a client loses a request, and tells busy connections that they end', async () => {
    const server = await start(1);
    const account = await signUp(createApi(server.url));
    const begun = Array.from({ length: REQUESTS_IN_FLIGHT }, () => beginDeposit(server.url, account));
    const load = followReadiness(server.url, account);
    const busy = stayConnected(server.url, account);
    await Promise.all(begun.map(({ isRead }) => isRead));
    await expect.poll(() => Math.min(load.answers.length, busy.answers.length), PATIENCE).toBeGreaterThan(0);

    const ended = server.process.stop('SIGTERM');
    await load.ended;
    // These clients have left; the process serves those that have not noticed yet.
    const [late, ready] = await Promise.all([
      deposit(server.url, account, 'late'),
      fetch(`${server.url}/health/ready`),
    ]);
    expect(late.status).toBe(201);
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({ status: 'draining', checks: { store: 'up' } });
    await busy.ended;
    const answers = await Promise.all(begun.map((each) => each.finish()));
    expect(await ended).toEqual({ code: 0, signal: null });

    expect([...load.failures, ...busy.failures]).toEqual([]);
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201));
    await readStored(server.dataDir, async (store) => {
      await expectSound(store);
      const stored = await descriptionsOf(createBalanceDao(store), account.username);
      const acknowledged = [...load.answers, ...busy.answers];
      expect(acknowledged.filter((description) => !stored.has(description))).toEqual([]);
    });
  });

  it('is ended by a second signal', async () => {
    const server = await start(600);
    server.process.signal('SIGTERM');
    const isReady = async () => (await fetch(`${server.url}/health/ready`)).status;
    await expect.poll(isReady, PATIENCE).toBe(503);
    const asked = performance.now();
    expect(await server.process.stop('SIGINT')).toEqual({ code: 0, signal: null });
    expect(performance.now() - asked).toBeLessThan(MAX_SHUTDOWN_MILLISECONDS);
  });
});

/** Starts clients on lasting connections that send requests until a probe finds the server not ready. */
function followReadiness(url: string, account: Account) {
  let isReady = true;
  const probe = async (): Promise<void> => {
    while (isReady) {
      await wait(PROBE_INTERVAL_MILLISECONDS);
      const status = await fetch(`${url}/health/ready`).then(
        (answer) => answer.status,
        () => 0,
      );
      isReady = status === 200;
    }
  };
  const clients = startClients(url, account, { name: 'follower', goesOn: () => isReady });
  return { ...clients, ended: Promise.all([probe(), clients.ended]) };
}

/** Starts clients on lasting connections that send requests until a response closes their connection. */
function stayConnected(url: string, account: Account) {
  const goesOn = (latest?: Answer) => latest?.headers.get('connection') !== 'close';
  return startClients(url, account, { name: 'busy client', goesOn });
}

interface ClientOptions {
  readonly name: string;
  readonly goesOn: (latest: Answer | undefined) => boolean;
}

/** Starts clients with a connection each. */
function startClients(url: string, account: Account, { name, goesOn }: ClientOptions) {
  const answers: string[] = [];
  const failures: unknown[] = [];
  const client = async (number: number): Promise<void> => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    let latest: Answer | undefined;
    for (let i = 0; goesOn(latest) && failures.length === 0; i++) {
      const description = `${name} ${number}, ${i}`;
      try {
        latest = await deposit(url, account, description, agent);
        if (latest.status === 201) answers.push(description);
        else failures.push(latest.status);
      } catch (error) {
        failures.push(error);
      }
    }
    agent.destroy();
  };
  return { answers, failures, ended: Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(i))) };
}

function deposit(url: string, { token }: Account, description: string, agent?: Agent): Promise<Answer> {
  return sendRaw(url, {
    method: 'POST',
    path: '/api/v1/balance/deposit',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ amount: '1.00', description }),
    ...(agent && { agent }),
  });
}

/** Sends half of a deposit, so that it stays in flight until the test sends the rest. */
function beginDeposit(url: string, { token }: Account) {
  const body = JSON.stringify({ amount: '1.00' });
  const sent = request(`${url}/api/v1/balance/deposit`, {
    method: 'POST',
    agent: false,
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(body),
      expect: '100-continue',
    },
  });
  const isRead = once(sent, 'continue');
  sent.write(body.slice(0, 5));
  const answered = once(sent, 'response').then(async ([answer]) => {
    const { statusCode: status, headers, ...response } = answer as IncomingMessage;
    await text(answer as IncomingMessage);
    return { status, connection: headers.connection, response };
  });
  return {
    /** Resolves when the server has read the head of the request. */
    isRead,
    answered,
    finish() {
      sent.end(body.slice(5));
      return answered;
    },
  };
}

/** Starts clients that send requests, each on a new connection, until connections are refused. */
function createLoad(url: string, account: Account) {
  const acknowledged: string[] = [];
  const unanswered: string[] = [];
  const client = async (name: string): Promise<void> => {
    for (let i = 0; ; i++) {
      const description = `${name}, ${i}`;
      try {
        const { status } = await deposit(url, account, description);
        if (status === 201) acknowledged.push(description);
      } catch {
        unanswered.push(description);
        return;
      }
    }
  };
  const refused = Promise.all(Array.from({ length: CLIENTS }, (_, i) => client(`client ${i}`)));
  /** `refused` resolves when no client gets a connection any more. */
  return { acknowledged, unanswered, refused };
}

async function descriptionsOf(
  balances: ReturnType<typeof createBalanceDao>,
  username: Username,
): Promise<Set<string | null>> {
  const found = new Set<string | null>();
  let after: Awaited<ReturnType<typeof balances.getUserTransactions>>['next'];
  do {
    const page = await balances.getUserTransactions(username, { limit: 100, offset: 0, after });
    for (const { description } of page.items) found.add(description);
    after = page.next;
  } while (after);
  return found;
}
