import { createFairQueue } from '@cnop/common/scheduling/fair-queue';
import { expect, it } from 'vitest';

/** Creates a queue with one slot, taken until `open`. `served` lists the callers that ran, in order. */
function createClosedQueue(maxWaiting: number) {
  const queue = createFairQueue({
    slots: 1,
    lanes: ['sign-up', 'sign-in'],
    maxWaiting,
    fullError: () => new Error('full'),
  });
  const served: string[] = [];
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  const first = queue.pass({ lane: 'sign-in', group: 'first' }, () => promise);
  const outcomes: Promise<string>[] = [];
  const send = (lane: 'sign-up' | 'sign-in', group: string): Promise<string> => {
    const outcome = queue
      .pass({ lane, group }, async () => void served.push(`${lane} ${group}`))
      .then(
        () => 'served',
        (error: unknown) => (error instanceof Error ? error.message : 'no error'),
      );
    outcomes.push(outcome);
    return outcome;
  };
  const open = async () => {
    resolve();
    await first;
    await Promise.all(outcomes);
  };
  return { send, open, served };
}

it('a full lane rejects no caller of another lane, and lanes take turns', async () => {
  const { send, open, served } = createClosedQueue(3);
  const signUps = Array.from({ length: 150 }, (_, index) => send('sign-up', `network-${index}`));
  const signIn = send('sign-in', 'owner');
  await open();
  expect(await signIn).toBe('served');
  expect((await Promise.all(signUps)).filter((outcome) => outcome === 'full')).toHaveLength(147);
  expect(served.indexOf('sign-in owner')).toBeLessThanOrEqual(1);
});

it('groups take turns, however many callers one of them has', async () => {
  const { send, open, served } = createClosedQueue(10);
  for (const group of ['a', 'a', 'a', 'a', 'b', 'c']) void send('sign-in', group);
  await open();
  expect(served).toEqual(['a', 'b', 'c', 'a', 'a', 'a'].map((group) => `sign-in ${group}`));
});

it('a new caller in a full lane replaces the latest caller of the largest group', async () => {
  const { send, open } = createClosedQueue(3);
  const flood = ['a', 'a', 'a', 'a'].map((group) => send('sign-in', group));
  const newcomer = send('sign-in', 'b');
  await open();
  expect(await newcomer).toBe('served');
  expect(await Promise.all(flood)).toEqual(['served', 'served', 'full', 'full']);
});

it('failed work passes its slot on', async () => {
  const queue = createFairQueue({
    slots: 1,
    lanes: ['only'],
    maxWaiting: 1,
    fullError: () => new Error('full'),
  });
  const place = { lane: 'only', group: 'a' } as const;
  await expect(queue.pass(place, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  expect(await queue.pass(place, () => Promise.resolve('fine'))).toBe('fine');
});
