import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Account, RequestOptions, Send } from '@cnop/testing/system/api-client';
import { expectStatus, freshName, registration, signIn } from '@cnop/testing/system/api-client';
import type { Answer } from '@cnop/testing/system/raw-request';

const CREATED = 201;
const CONFLICT = 409;
/** Nothing was changed: the platform is busy, or a service is down for the moment. */
const UNAVAILABLE = 503;
/** A service did not answer in time: it is unknown whether the request took effect. */
const GATEWAY_TIMEOUT = 504;
const MAX_TRIES = 50;
const RETRY_PAUSE_MILLISECONDS = 20;

/** Commands that take an Idempotency-Key. */
const KEYED_PATH = /^\/(?:orders|balance\/(?:deposit|withdraw)|admin\/users\/[^/]+\/adjustments)$/;
/** Other requests that do the same when they are sent twice. */
const REPEATABLE_METHODS: ReadonlySet<string> = new Set(['GET', 'PUT', 'PATCH']);
const REPEATABLE_PATHS: ReadonlySet<string> = new Set(['/auth/login', '/auth/refresh']);

/** The last answer to a request that may have been sent more than once. */
export interface RetriedAnswer {
  readonly answer: Answer;
  /** Whether an earlier try was not answered in time, so it may have taken effect. */
  readonly hasLostAnswer: boolean;
}

/**
 * Sends the same request again while the platform answers 503 or 504. A command that takes an Idempotency-Key carries
 * the same one in every try, so it takes effect once.
 */
export function sendWithRetries(
  send: Send,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<RetriedAnswer> {
  const repeated = takesKey(method, path) ? { key: randomUUID(), ...options } : options;
  return retryOn([UNAVAILABLE, GATEWAY_TIMEOUT], () => send(method, path, repeated));
}

/**
 * Returns a client that sends a request again on 503, and on 504 if a second effect is impossible. A 504 to any other
 * request is returned as it is.
 */
export function withRetries(send: Send): Send {
  return async (method, path, options) => {
    const { answer } = isRepeatable(method, path)
      ? await sendWithRetries(send, method, path, options)
      : await retryOn([UNAVAILABLE], () => send(method, path, options));
    return answer;
  };
}

async function retryOn(statuses: readonly number[], send: () => Promise<Answer>): Promise<RetriedAnswer> {
  let hasLostAnswer = false;
  for (let tries = 1; ; tries++) {
    const answer = await send();
    if (!statuses.includes(answer.status) || tries === MAX_TRIES) return { answer, hasLostAnswer };
    if (answer.status === GATEWAY_TIMEOUT) hasLostAnswer = true;
    await wait(RETRY_PAUSE_MILLISECONDS * Math.random() * tries);
  }
}

/**
 * Expects that something was created. After a lost answer, a conflict says so as well: an earlier try created it.
 * @throws Error with the whole answer when it says anything else
 */
export function expectCreated({ answer, hasLostAnswer }: RetriedAnswer): void {
  if (!(hasLostAnswer && answer.status === CONFLICT)) expectStatus(answer, CREATED);
}

/** Registers a user under a new name, signs in and deposits cash; every request is sent again on 503 and 504. */
export async function signUpWithRetries(
  send: Send,
  { cash }: { readonly cash?: string } = {},
): Promise<Account> {
  const username = freshName();
  expectCreated(await sendWithRetries(send, 'POST', '/auth/register', { body: registration(username) }));
  const account = await signIn(withRetries(send), username);
  if (cash !== undefined) {
    expectStatus(await account.send('POST', '/balance/deposit', { body: { amount: cash } }), CREATED);
  }
  return account;
}

function takesKey(method: string, path: string): boolean {
  return method === 'POST' && KEYED_PATH.test(path);
}

function isRepeatable(method: string, path: string): boolean {
  return REPEATABLE_METHODS.has(method) || takesKey(method, path) || REPEATABLE_PATHS.has(path);
}
