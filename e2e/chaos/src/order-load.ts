import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account, Send } from '@cnop/testing/system/api-client';
import { expectStatus, freshName, registration, signIn } from '@cnop/testing/system/api-client';
import type { Answer } from '@cnop/testing/system/raw-request';

const CREATED = 201;
const UNAUTHORIZED = 401;
const CONFLICT = 409;
const FIRST_SERVER_ERROR = 500;
const RETRY_PAUSE_MILLISECONDS = 100;
/** Between two orders of a client, so that the load leaves time for the platform on a small machine. */
const ORDER_PAUSE_MILLISECONDS = 50;
const GIVE_UP_MILLISECONDS = 60_000;
const CASH = '1000000.00';
const ORDER = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.0001' } as const;

/** An order that the platform has acknowledged. */
export interface Acknowledged {
  readonly username: string;
  readonly key: string;
  readonly orderId: string;
}

/** What clients have seen since a point in time. */
export interface Observation {
  readonly acknowledged: number;
  /** Answers of 5xx, by status. */
  readonly serverErrors: Readonly<Record<string, number>>;
  /** Requests without an answer: a refused, cut or silent connection. */
  readonly cut: number;
  /** Answers that are neither a success nor a reason to send again. */
  readonly refused: readonly string[];
  /** The longest time without an acknowledged order. */
  readonly longestPauseMilliseconds: number;
}

/** Clients that place market orders without a pause, each with a key, and send an order again until it is acknowledged. */
export interface OrderLoad {
  readonly acknowledged: readonly Acknowledged[];
  readonly usernames: readonly string[];
  start(): void;
  /** Resolves when every order that was begun is acknowledged. */
  pause(): Promise<void>;
  /** Begins a new observation. */
  observe(): () => Observation;
  /** Places an order under a key that it forgets, as a second execution would. */
  placeUntold(): Promise<void>;
  /** Resolves when an order is acknowledged that was begun after this call. */
  nextOrder(): Promise<void>;
}

/** Creates the accounts and the clients of a load; they do nothing until it is started. */
export async function createOrderLoad(
  api: Send,
  { users, clientsPerUser }: { readonly users: number; readonly clientsPerUser: number },
): Promise<OrderLoad> {
  const accounts = await Promise.all(Array.from({ length: users }, () => createAccount(api)));
  const clients = accounts.flatMap((account) => Array.from({ length: clientsPerUser }, () => account));
  const acknowledged: Acknowledged[] = [];
  const watches = new Set<ReturnType<typeof createWatch>>();
  const waiting = new Set<(begunAt: number) => void>();
  let isRunning = false;
  let running: Promise<unknown> = Promise.resolve();

  const attempt = async (account: Account, key: string): Promise<Answer | undefined> => {
    const { token } = account;
    try {
      return await api('POST', '/orders', { token, key, body: ORDER });
    } catch {
      return undefined;
    }
  };

  /** Places one order; resolves when it is acknowledged or refused. */
  const place = async (session: { account: Account }): Promise<void> => {
    const key = randomUUID();
    const { username } = session.account;
    const begunAt = performance.now();
    while (performance.now() - begunAt < GIVE_UP_MILLISECONDS) {
      const answer = await attempt(session.account, key);
      if (answer?.status === CREATED) {
        const { data } = answer.json<{ data: { order_id: string } }>();
        acknowledged.push({ username, key, orderId: data.order_id });
        for (const watch of watches) watch.acknowledge();
        for (const notice of waiting) notice(begunAt);
        return;
      }
      for (const watch of watches) watch.fail(answer);
      if (answer?.status === UNAUTHORIZED) {
        session.account = await signIn(api, username).catch(() => session.account);
      } else if (answer && answer.status < FIRST_SERVER_ERROR && answer.status !== CONFLICT) return;
      await wait(RETRY_PAUSE_MILLISECONDS);
    }
    for (const watch of watches) watch.giveUp(key);
  };

  const run = async (account: Account): Promise<void> => {
    const session = { account };
    while (isRunning) {
      await place(session);
      await wait(ORDER_PAUSE_MILLISECONDS);
    }
  };

  return {
    acknowledged,
    usernames: accounts.map(({ username }) => username),
    start() {
      isRunning = true;
      running = Promise.all(clients.map(run));
    },
    async pause() {
      isRunning = false;
      await running;
    },
    observe() {
      const watch = createWatch();
      watches.add(watch);
      return () => {
        watches.delete(watch);
        return watch.finish();
      };
    },
    async placeUntold() {
      const [account] = accounts;
      if (account)
        expectStatus(await account.send('POST', '/orders', { key: randomUUID(), body: ORDER }), CREATED);
    },
    nextOrder() {
      const since = performance.now();
      return new Promise((resolve) => {
        const notice = (begunAt: number): void => {
          if (begunAt < since) return;
          waiting.delete(notice);
          resolve();
        };
        waiting.add(notice);
      });
    },
  };
}

async function createAccount(api: Send): Promise<Account> {
  const username = freshName('chaos');
  const patient = sendUntilDecided(api);
  const registered = await patient('POST', '/auth/register', { body: registration(username) });
  // After a lost answer, a conflict says that the account exists.
  if (registered.status !== CONFLICT) expectStatus(registered, CREATED);
  const account = await signIn(patient, username);
  expectStatus(
    await account.send('POST', '/balance/deposit', { key: randomUUID(), body: { amount: CASH } }),
    CREATED,
  );
  return account;
}

/** Returns a client that sends a request again while the platform answers 5xx, for the preparation of a load. */
function sendUntilDecided(api: Send): Send {
  return async (...request) => {
    const deadline = performance.now() + GIVE_UP_MILLISECONDS;
    for (;;) {
      const answer = await api(...request);
      if (answer.status < FIRST_SERVER_ERROR || performance.now() > deadline) return answer;
      await wait(RETRY_PAUSE_MILLISECONDS);
    }
  };
}

/** Creates the record of one observation. */
function createWatch() {
  const serverErrors: Record<string, number> = {};
  const refused: string[] = [];
  let [acknowledged, cut, longest] = [0, 0, 0];
  let last = performance.now();
  const endPause = (): void => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  return {
    acknowledge(): void {
      acknowledged += 1;
      endPause();
    },
    fail(answer: Answer | undefined): void {
      if (!answer) cut += 1;
      else if (answer.status >= FIRST_SERVER_ERROR) {
        serverErrors[answer.status] = (serverErrors[answer.status] ?? 0) + 1;
      } else if (answer.status !== CONFLICT && answer.status !== UNAUTHORIZED) {
        refused.push(`${answer.status} ${answer.text}`);
      }
    },
    giveUp(key: string): void {
      refused.push(`the order with the key ${key} was not acknowledged`);
    },
    finish(): Observation {
      endPause();
      return { acknowledged, serverErrors, cut, refused, longestPauseMilliseconds: longest };
    },
  };
}
