import type { Account } from '@cnop/testing/system/api-client';
import type { Answer } from '@cnop/testing/system/raw-request';
import { expect, it } from 'vitest';
import type { Platform } from './platform.ts';
import type { RetriedAnswer } from './retrying-client.ts';
import { sendWithRetries, signUpWithRetries } from './retrying-client.ts';

const CREATED = 201;
const UNPROCESSABLE = 422;

/** The numbers of requests, which depend on the speed of the store. */
interface Sizes {
  /** The balance covers half of them. */
  readonly withdrawals: number;
  readonly keys: number;
  readonly copiesPerKey: number;
}

/** Runs a task several times at once. */
export function parallel<T>(count: number, run: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => run(index)));
}

/** Counts answers by status, so that a failure shows the whole distribution. */
export function tally(answers: readonly Answer[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Registers the tests of parallel requests, which hold on every shape. */
export function describeExactlyOnce(
  platformOf: () => Platform,
  { withdrawals, keys, copiesPerKey }: Sizes,
): void {
  it(`of ${withdrawals} parallel withdrawals exactly those that the balance covers succeed`, async () => {
    const covered = withdrawals / 2;
    const account = await signUpWithRetries(platformOf().api, { cash: `${covered * 10}.00` });
    // `send` of this account sends a withdrawal again, under its own Idempotency-Key, until it is decided.
    const answers = await parallel(withdrawals, () =>
      account.send('POST', '/balance/withdraw', { body: { amount: '10.00' } }),
    );
    expect(tally(answers)).toEqual({ [CREATED]: covered, [UNPROCESSABLE]: covered });
    for (const answer of answers.filter(({ status }) => status === UNPROCESSABLE)) {
      expect(answer.json()).toMatchObject({ code: 'BUS_001', available: '0.00', required: '10.00' });
    }
    const balance = (await account.send('GET', '/balance')).json();
    expect(balance).toMatchObject({ current_balance: '0.00', total_withdrawals: `${covered * 10}.00` });
  });

  it(`${keys} keys with ${copiesPerKey} parallel copies each make ${keys} orders and one answer per key`, async () => {
    const { api } = platformOf();
    const account = await signUpWithRetries(api, { cash: '1000000.00' });
    const { token } = account;
    const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.0001' };
    const retried = await parallel(keys * copiesPerKey, (i) =>
      sendWithRetries(api, 'POST', '/orders', { token, body, key: `key-${i % keys}` }),
    );
    const answers = retried.map(({ answer }) => answer);
    expect(tally(answers)).toEqual({ [CREATED]: keys * copiesPerKey });
    const perKey = Array.from({ length: keys }, (_, key) => retried.filter((_, i) => i % keys === key));
    const differing = perKey.filter((copies) => new Set(copies.map(({ answer }) => answer.text)).size !== 1);
    expect(differing).toEqual([]);
    expect(perKey.map(firstAnswersOf)).toEqual(perKey.map(() => 1));

    const answered = new Set(
      answers.map((answer) => answer.json<{ data: { order_id: string } }>().data.order_id),
    );
    expect(await orderIdsOf(account)).toEqual(answered);
    expect(answered.size).toBe(keys);
  });
}

/** Counts the first answers among those to one key. One that was lost on its way counts if no other one arrived. */
function firstAnswersOf(copies: readonly RetriedAnswer[]): number {
  const arrived = copies.filter(({ answer }) => answer.headers.get('idempotency-replayed') !== 'true').length;
  return arrived === 0 && copies.some(({ hasLostAnswer }) => hasLostAnswer) ? 1 : arrived;
}

/** Returns the ids of all orders of an account. */
export async function orderIdsOf(account: Account): Promise<Set<string>> {
  const ids = new Set<string>();
  for (let cursor: string | null = ''; cursor !== null; ) {
    const answer: Answer = await account.send('GET', `/orders?limit=100${cursor && `&cursor=${cursor}`}`);
    const page = answer.json<{ data: { order_id: string }[]; next_cursor: string | null }>();
    for (const { order_id } of page.data) ids.add(order_id);
    cursor = page.next_cursor;
  }
  return ids;
}
