import { createLiveEventDao, liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { ItemExistsError } from '@cnop/common/database/store-errors';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { anEventId, aTime, aUsername } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const AT = aTime('2026-01-15T12:00:00.000Z');
const EVENTS = 12;
const anEvent = (seq: number, username = aUsername('alice')): LiveEvent => ({
  seq,
  id: anEventId(`event-${seq}`),
  type: 'balance.changed',
  occurred_at: AT,
  username,
  data: {},
});

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await createTestRuntime({ clock: { now: () => new Date(AT) } });
  const events = [
    ...Array.from({ length: EVENTS }, (_, i) => anEvent(i + 1)),
    anEvent(1, aUsername('alice2')),
  ];
  await runtime.store.transact({}, () => ({ writes: events.map(liveEventRecord.create), result: undefined }));
});
afterAll(() => runtime.dispose());

describe('the events of a user', () => {
  it.each([
    [0, 100, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]],
    [8, 100, [9, 10, 11, 12]],
    [9, 2, [10, 11]],
    [12, 100, []],
    [4_711, 100, []],
  ])('after %i, at most %i, come in the order of their numbers', async (after, limit, expected) => {
    const page = await createLiveEventDao(runtime.store).getEventsAfter(aUsername('alice'), after, limit);
    expect(page.items.map(({ seq }) => seq)).toEqual(expected);
    expect(page.items.every(({ username }) => username === 'alice')).toBe(true);
    expect(page.next !== undefined).toBe(expected.length === limit);
  });

  it('are kept for thirty days', () => {
    expect(liveEventRecord.create(anEvent(1))).toMatchObject({
      expiresAtEpochSeconds: Date.UTC(2026, 1, 14, 12) / 1_000,
    });
  });

  it('have unique sequence numbers', async () => {
    const again = runtime.store.transact({}, () => ({
      writes: [liveEventRecord.create(anEvent(3))],
      result: undefined,
    }));
    await expect(again).rejects.toThrow(ItemExistsError);
  });
});
