import { setImmediate } from 'node:timers/promises';
import type { Semaphore, WaitLimit } from '@cnop/common/scheduling/semaphore';
import { createSemaphore } from '@cnop/common/scheduling/semaphore';
import type { Deferred } from '@cnop/testing/deferred';
import { createDeferred } from '@cnop/testing/deferred';
import { afterEach, describe, expect, it, vi } from 'vitest';

const fullError = () => new Error('full');

/** Callers whose work ends when the test says so. */
function callersOf(semaphore: Semaphore) {
  const inside: string[] = [];
  const finish = new Map<string, Deferred<string>>();
  return {
    inside,
    come: (name: string, waitLimit?: WaitLimit) =>
      semaphore.pass(async () => {
        const work = createDeferred<string>();
        inside.push(name);
        finish.set(name, work);
        return work.promise.finally(() => inside.splice(inside.indexOf(name), 1));
      }, waitLimit),
    leave: (name: string) => finish.get(name)?.resolve(name),
    fail: (name: string) => finish.get(name)?.reject(new Error(name)),
  };
}

/** Resolves once all pending promises have settled. */
const settled = () => setImmediate();

afterEach(() => vi.useRealTimers());

describe('a semaphore', () => {
  it('runs as many callers as it has slots, and the others in the order of arrival', async () => {
    const callers = callersOf(createSemaphore({ slots: 2 }));
    const answers = ['a', 'b', 'c', 'd'].map((name) => callers.come(name));
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
    const answers = ['a', 'b', 'c'].map((name) => callers.come(name));
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

  it('rejects a caller that has waited for too long, and passes the slot to the next one', async () => {
    const callers = callersOf(createSemaphore({ slots: 1 }));
    const first = callers.come('first');
    const impatient = callers.come('impatient', { milliseconds: 1, timeoutError: () => new Error('late') });
    const patient = callers.come('patient');
    await expect(impatient).rejects.toThrow('late');
    callers.leave('first');
    expect(await first).toBe('first');
    await settled();
    expect(callers.inside).toEqual(['patient']);
    callers.leave('patient');
    expect(await patient).toBe('patient');
  });

  it('limits the wait of a caller, and not its work', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const callers = callersOf(createSemaphore({ slots: 1 }));
    const limit = { milliseconds: 1_000, timeoutError: () => new Error('late') };
    const first = callers.come('first', limit);
    const second = callers.come('second', limit);
    callers.leave('first');
    await settled();
    expect(vi.getTimerCount()).toBe(0);
    callers.leave('second');
    expect(await Promise.all([first, second])).toEqual(['first', 'second']);
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

  it('does not start work that had just got a slot when it was closed', async () => {
    const semaphore = createSemaphore({ slots: 1 });
    const callers = callersOf(semaphore);
    const closed = callers.come('first').then(() => semaphore.close(new Error('closed')));
    const entering = callers.come('entering');
    callers.leave('first');
    await Promise.all([closed, expect(entering).rejects.toThrow('closed')]);
    expect(callers.inside).toEqual([]);
  });

  it('starts work at once when a slot is free', () => {
    const callers = callersOf(createSemaphore({ slots: 1 }));
    void callers.come('first');
    expect(callers.inside).toEqual(['first']);
  });
});
