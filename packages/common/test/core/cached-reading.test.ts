import { createCachedReading } from '@cnop/common/core/cached-reading';
import type { Deferred } from '@cnop/testing/deferred';
import { createDeferred } from '@cnop/testing/deferred';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { describe, expect, it } from 'vitest';

const MAX_AGE_MILLISECONDS = 1_000;

/** A reading that is answered when the test says so. */
function open() {
  const clock = createFakeClock();
  const asked: Deferred<string>[] = [];
  const reading = createCachedReading({
    clock,
    maxAgeMilliseconds: MAX_AGE_MILLISECONDS,
    read: () => {
      const answer = createDeferred<string>();
      asked.push(answer);
      return answer.promise;
    },
  });
  return { clock, asked, reading };
}

async function openWith(value: string) {
  const opened = open();
  const first = opened.reading.get();
  opened.asked[0]?.resolve(value);
  expect(await first).toBe(value);
  return opened;
}

describe('a cached reading', () => {
  it('is read by the first who asks, not before', () => {
    const { asked, reading } = open();
    expect(asked).toHaveLength(0);
    void reading.get();
    expect(asked).toHaveLength(1);
  });

  it('is shared by all who come while it is being read', async () => {
    const { asked, reading } = open();
    const readers = [reading.get(), reading.get(), reading.get()];
    asked[0]?.resolve('one');
    expect(await Promise.all(readers)).toEqual(['one', 'one', 'one']);
    expect(asked).toHaveLength(1);
  });

  it('is read again when it has its full age, not a millisecond earlier', async () => {
    const { asked, clock, reading } = await openWith('old');
    clock.advanceMilliseconds(MAX_AGE_MILLISECONDS - 1);
    expect(await reading.get()).toBe('old');
    expect(asked).toHaveLength(1);
    clock.advanceMilliseconds(1);
    const again = reading.get();
    asked[1]?.resolve('new');
    expect(await again).toBe('new');
    expect(await reading.get()).toBe('new');
    expect(asked).toHaveLength(2);
  });

  it('counts its age from when the reading began', async () => {
    const { asked, clock, reading } = open();
    const first = reading.get();
    clock.advanceMilliseconds(MAX_AGE_MILLISECONDS);
    asked[0]?.resolve('late');
    expect(await first).toBe('late');
    void reading.get();
    expect(asked).toHaveLength(2);
  });

  it('is not kept alive by a clock that was set back', async () => {
    const { asked, clock, reading } = await openWith('of the future');
    clock.advanceMilliseconds(-1);
    void reading.get();
    expect(asked).toHaveLength(2);
  });

  it('is read again once it was forgotten', async () => {
    const { asked, reading } = await openWith('old');
    reading.forget();
    const again = reading.get();
    asked[1]?.resolve('new');
    expect(await again).toBe('new');
  });

  it('tells a failure to all who wait for it, and does not remember it', async () => {
    const { asked, reading } = open();
    const readers = Promise.allSettled([reading.get(), reading.get()]);
    asked[0]?.reject(new Error('away'));
    expect((await readers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    const again = reading.get();
    asked[1]?.resolve('back');
    expect(await again).toBe('back');
  });

  it('does not lose a newer reading to the failure of one that was forgotten', async () => {
    const { asked, reading } = open();
    const forgotten = Promise.allSettled([reading.get()]);
    reading.forget();
    const newer = reading.get();
    asked[1]?.resolve('newer');
    asked[0]?.reject(new Error('away'));
    await forgotten;
    expect(await newer).toBe('newer');
    expect(await reading.get()).toBe('newer');
    expect(asked).toHaveLength(2);
  });
});
