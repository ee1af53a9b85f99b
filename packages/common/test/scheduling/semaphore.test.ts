import { setImmediate } from 'node:timers/promises';
import type { Semaphore } from '@cnop/common/scheduling/semaphore';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import type { Deferred } from '@cnop/testing/deferred';
import { createDeferred } from '@cnop/testing/deferred';
import { describe, expect, it } from 'vitest';

const fullError = () => new Error('full');

/** Callers whose work ends when the test says so. */
function callersOf(semaphore: Semaphore) {
  const inside: string[] = [];
  const finish = new Map<string, Deferred<string>>();
  return {
    inside,
    come: (name: string) =>
      semaphore.pass(async () => {
        const work = createDeferred<string>();
        inside.push(name);
        finish.set(name, work);
        return work.promise.finally(() => inside.splice(inside.indexOf(name), 1));
      }),
    leave: (name: string) => finish.get(name)?.resolve(name),
    fail: (name: string) => finish.get(name)?.reject(new Error(name)),
  };
}

/** Resolves once all pending promises have settled. */
const settled = () => setImmediate();

describe('a semaphore', () => {
  it('runs as many callers as it has slots, and the others in the order of arrival', async () => {
    const callers = callersOf(createSemaphore({ slots: 2 }));
    const answers = ['a', 'b', 'c', 'd'].map(callers.come);
    await settled();
    expect(callers.inside).toEqual(['a', 'b']);
    callers.leave('b');
    await settled();
    expect(callers.inside).toEqual(['a', 'c']);
    callers.leave('a');
    await settled();
    expect(callers.inside).toEqual(['c', 'd']);
    callers.leave('c');
    callers.leave('d');
    expect(await Promise.all(answers)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('has all its slots again once all callers are done', async () => {
    const callers = callersOf(createSemaphore({ slots: 1 }));
    for (const name of ['a', 'b', 'c']) {
      const answer = callers.come(name);
      await settled();
      expect(callers.inside).toEqual([name]);
      callers.leave(name);
      expect(await answer).toBe(name);
    }
  });

  it('does not let a new caller overtake a waiting one when a slot gets free', async () => {
    const callers = callersOf(createSemaphore({ slots: 1 }));
    const first = callers.come('first');
    void callers.come('waiting');
    await settled();
    callers.leave('first');
    await first;
    void callers.come('late');
    await settled();
    expect(callers.inside).toEqual(['waiting']);
  });

  it('gets its slot back from failed work, and rejects with the failure', async () => {
    const callers = callersOf(createSemaphore({ slots: 1 }));
    const failing = callers.come('failing');
    void callers.come('next');
    await settled();
    callers.fail('failing');
    await expect(failing).rejects.toThrow('failing');
    await settled();
    expect(callers.inside).toEqual(['next']);
  });

  it('rejects the callers that find its queue full, and no others', async () => {
    const callers = callersOf(createSemaphore({ slots: 1, queue: { maxWaiting: 2, fullError } }));
    const answers = ['a', 'b', 'c'].map(callers.come);
    await settled();
    await expect(callers.come('d')).rejects.toThrow('full');
    callers.leave('a');
    await settled();
    const fifth = callers.come('e');
    for (const name of ['b', 'c', 'e']) {
      await settled();
      callers.leave(name);
    }
    expect(await Promise.all([...answers, fifth])).toEqual(['a', 'b', 'c', 'e']);
  });

  it('rejects waiting and new callers once it is closed, and lets running work finish', async () => {
    const semaphore = createSemaphore({ slots: 1 });
    const callers = callersOf(semaphore);
    const inside = callers.come('inside');
    const waiting = callers.come('waiting');
    await settled();
    semaphore.close(new Error('closed'));
    await expect(waiting).rejects.toThrow('closed');
    await expect(callers.come('late')).rejects.toThrow('closed');
    callers.leave('inside');
    expect(await inside).toBe('inside');
  });

  it('does not start work that was about to start when it was closed', async () => {
    const semaphore = createSemaphore({ slots: 1 });
    const callers = callersOf(semaphore);
    const entering = callers.come('entering');
    semaphore.close(new Error('closed'));
    await expect(entering).rejects.toThrow('closed');
    expect(callers.inside).toEqual([]);
  });
});
