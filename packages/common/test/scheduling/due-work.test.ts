import { isoTime } from '@cnop/common/core/brands';
import type { DueWork } from '@cnop/common/dao/schedule/due-work-dao';
import { createDueWorkDao, doneWork, dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import type { WorkHandler } from '@cnop/common/scheduling/due-work';
import { createDueWorkRunner } from '@cnop/common/scheduling/due-work';
import { createFakeClock } from '@cnop/testing/fake-clock';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let runtime: TestRuntime;
let clock: ReturnType<typeof createFakeClock>;
let errors: unknown[];
beforeEach(async () => {
  runtime = await createTestRuntime();
  clock = createFakeClock();
  errors = [];
});
afterEach(() => runtime.dispose());

async function plan(subject: string, inSeconds = 0): Promise<void> {
  const due_at = isoTime(new Date(clock.now().getTime() + inSeconds * 1_000));
  const work: DueWork = { kind: 'airdrop', due_at, subject };
  await runtime.store.transact({}, () => ({ writes: [dueWorkRecord.create(work)], result: undefined }));
}

/** Ends work as handlers do, unless another process has ended it. */
const end = async (work: DueWork): Promise<boolean> =>
  runtime.store.transact({ work: dueWorkRecord.key(work) }, (items) =>
    items.work ? { writes: [doneWork(work)], result: true } : { writes: [], result: false },
  );

const runnerOf = (handler: WorkHandler) =>
  createDueWorkRunner({
    work: createDueWorkDao(runtime.store),
    handlers: { airdrop: handler },
    everyMilliseconds: 60_000,
    clock,
    monotonicClock: clock,
    log: { error: (fields: unknown) => errors.push(fields) },
  });

describe('due work', () => {
  it('is handled from its time on, the longest overdue first', async () => {
    await plan('later', 10);
    await plan('second', -5);
    await plan('first', -10);
    const handled: string[] = [];
    const runner = runnerOf(async (work) => {
      handled.push(work.subject);
      await end(work);
    });
    await runner.run();
    expect(handled).toEqual(['first', 'second']);
    clock.advanceSeconds(10);
    await runner.run();
    expect(handled).toEqual(['first', 'second', 'later']);
  });

  it('that a handler replaces by work due at once goes on in the same run', async () => {
    await plan('step-1');
    const handled: string[] = [];
    await runnerOf(async (work) => {
      handled.push(work.subject);
      const number = Number(work.subject.slice(-1));
      if (number < 3) await plan(`step-${number + 1}`);
      await end(work);
    }).run();
    expect(handled).toEqual(['step-1', 'step-2', 'step-3']);
  });

  it('of more than a page is handled whole', async () => {
    for (let i = 0; i < 120; i += 1) await plan(`p${i}`);
    const handled = new Set<string>();
    await runnerOf(async (work) => {
      handled.add(work.subject);
      await end(work);
    }).run();
    expect(handled.size).toBe(120);
    expect(
      (await createDueWorkDao(runtime.store).getDue('airdrop', { at: isoTime(clock.now()), limit: 1 })).items,
    ).toEqual([]);
  });

  it('that two processes find is done once', async () => {
    for (let i = 0; i < 40; i += 1) await plan(`p${i}`);
    let done = 0;
    const handler: WorkHandler = async (work) => {
      if (await end(work)) done += 1;
    };
    await Promise.all([runnerOf(handler).run(), runnerOf(handler).run()]);
    expect(done).toBe(40);
    expect(errors).toEqual([]);
  });
});

describe('work that fails', () => {
  it('is logged, delays no other work, and is tried again after pauses that double', async () => {
    await plan('bad', -1);
    await plan('good');
    const tries: string[] = [];
    const runner = runnerOf(async (work) => {
      tries.push(work.subject);
      if (work.subject === 'bad') throw new Error('planted');
      await end(work);
    });
    await runner.run();
    expect(tries).toEqual(['bad', 'good']);
    expect(errors).toMatchObject([{ kind: 'airdrop', subject: 'bad' }]);
    const triesAfter = async (seconds: number) => {
      clock.advanceSeconds(seconds);
      const before = tries.length;
      await runner.run();
      return tries.length - before;
    };
    expect(await triesAfter(4)).toBe(0);
    expect(await triesAfter(1)).toBe(1);
    expect(await triesAfter(9)).toBe(0);
    expect(await triesAfter(1)).toBe(1);
  });

  it('or is left as it was does not keep a run from ending', async () => {
    await plan('ignored');
    let calls = 0;
    await runnerOf(async () => {
      calls += 1;
    }).run();
    expect(calls).toBe(1);
  });
});

describe('a closed runner', () => {
  it('ends the handlers that run, and begins no other', async () => {
    for (let i = 0; i < 20; i += 1) await plan(`p${i}`);
    let handled = 0;
    const runner = runnerOf(async (work) => {
      if (handled === 0) closing = runner.close();
      await end(work);
      handled += 1;
    });
    let closing: Promise<void> | undefined;
    await runner.run();
    await closing;
    expect(handled).toBeLessThan(20);
    expect(handled).toBeGreaterThan(0);
  });
});
