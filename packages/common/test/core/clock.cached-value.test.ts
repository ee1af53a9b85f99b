import { createCachedValue } from '@cnop/common/core/clock';
import type { Deferred } from '@cnop/testing/deferred';
import { createDeferred } from '@cnop/testing/deferred';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { describe, expect, it } from 'vitest';

const MAX_AGE_MILLISECONDS = 1_000;

/** Opens a cached value whose reads resolve when the test says so. */
function open() {
  const clock = createFakeClock();
  const reads: Deferred<string>[] = [];
  const cached = createCachedValue({
    clock,
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    read: () => {
      const answer = createDeferred<string>();
      reads.push(answer);
      return answer.promise;
    },
  });
  return { clock, reads, cached };
}

async function openWith(value: string) {
  const opened = open();
  const first = opened.cached.get();
  opened.reads[0]?.resolve(value);
  expect(await first).toBe(value);
  return opened;
}

describe('a cached value', () => {
  it('is read on the first get, not before', () => {
    const { reads, cached } = open();
    expect(reads).toHaveLength(0);
    void cached.get();
    expect(reads).toHaveLength(1);
  });

  it('shares one read between concurrent callers', async () => {
    const { reads, cached } = open();
    const callers = [cached.get(), cached.get(), cached.get()];
    reads[0]?.resolve('one');
    expect(await Promise.all(callers)).toEqual(['one', 'one', 'one']);
    expect(reads).toHaveLength(1);
  });

  it('is read again at its maximum age, not a millisecond earlier', async () => {
    const { reads, clock, cached } = await openWith('old');
    clock.advanceMilliseconds(MAX_AGE_MILLISECONDS - 1);
    expect(await cached.get()).toBe('old');
    expect(reads).toHaveLength(1);
    clock.advanceMilliseconds(1);
    const again = cached.get();
    reads[1]?.resolve('new');
    expect(await again).toBe('new');
    expect(await cached.get()).toBe('new');
    expect(reads).toHaveLength(2);
  });

  it('counts its age from the start of the read', async () => {
    const { reads, clock, cached } = open();
    const first = cached.get();
    clock.advanceMilliseconds(MAX_AGE_MILLISECONDS);
    reads[0]?.resolve('late');
    expect(await first).toBe('late');
    void cached.get();
    expect(reads).toHaveLength(2);
  });

  it('is read again when the clock was set back', async () => {
    const { reads, clock, cached } = await openWith('later');
    clock.advanceMilliseconds(-1);
    void cached.get();
    expect(reads).toHaveLength(2);
  });

  it('is read again after it was invalidated', async () => {
    const { reads, cached } = await openWith('old');
    cached.invalidate();
    const again = cached.get();
    reads[1]?.resolve('new');
    expect(await again).toBe('new');
  });

  it('rejects for all concurrent callers when the read fails, and reads again afterwards', async () => {
    const { reads, cached } = open();
    const callers = Promise.allSettled([cached.get(), cached.get()]);
    reads[0]?.reject(new Error('away'));
    expect((await callers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = cached.get();
    reads[1]?.resolve('back');
    expect(await again).toBe('back');
  });

  it('keeps a newer value when an invalidated read fails', async () => {
    const { reads, cached } = open();
    const invalidated = Promise.allSettled([cached.get()]);
    cached.invalidate();
    const newer = cached.get();
    reads[1]?.resolve('newer');
    reads[0]?.reject(new Error('away'));
    await invalidated;
    expect(await newer).toBe('newer');
    expect(await cached.get()).toBe('newer');
    expect(reads).toHaveLength(2);
  });
});
