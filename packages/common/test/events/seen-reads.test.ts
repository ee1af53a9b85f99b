import { EVENTS_CHANNEL } from '@cnop/common/events/announcing-store';
import type { SeenReads } from '@cnop/common/events/seen-reads';
import { createSeenReads } from '@cnop/common/events/seen-reads';
import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { aUsername } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const ALICE = aUsername('alice');
const id = 'balance';
const BOUND_MILLISECONDS = 5_000;

interface Balance {
  readonly seq: number;
}

/** Resolves after the messages that were published until now. */
const delivered = async (): Promise<void> => {
  await new Promise((resolve) => {
    setImmediate(resolve);
  });
};

/** One instance over a store with one balance, which `commit` changes. */
function anInstance(stored: () => Balance) {
  let nowMilliseconds = 0;
  let loads = 0;
  const bus = createInProcessBus();
  const reads: SeenReads<Balance> = createSeenReads({
    bus,
    seqOf: ({ seq }) => seq,
    monotonicClock: { elapsedMilliseconds: () => nowMilliseconds },
  });
  return {
    bus,
    loads: () => loads,
    read: async (seen: number | undefined, username = ALICE): Promise<Balance> =>
      reads.read({ username, id, seen }, async () => {
        loads += 1;
        return stored();
      }),
    /** Reads while the caller decides when the store responds. */
    readDuring: async (seen: number, meanwhile: () => Promise<void>): Promise<Balance> =>
      reads.read({ username: ALICE, id, seen }, async () => {
        const found = stored();
        await meanwhile();
        return found;
      }),
    announce: async (username: string = ALICE): Promise<void> => {
      bus.publish(EVENTS_CHANNEL, username);
      await delivered();
    },
    advance: (milliseconds: number): void => {
      nowMilliseconds += milliseconds;
    },
  };
}

describe('a read for a client that says what it has seen', () => {
  it('comes from memory until an event of its user, or for five seconds', async () => {
    let stored: Balance = { seq: 3 };
    const instance = anInstance(() => stored);
    await instance.read(3);
    stored = { seq: 4 };
    await instance.announce('bob');
    instance.advance(BOUND_MILLISECONDS - 1);
    expect(await instance.read(3)).toEqual({ seq: 3 });
    instance.advance(1);
    expect(await instance.read(3)).toEqual({ seq: 4 });
    stored = { seq: 5 };
    await instance.announce();
    expect(await instance.read(3)).toEqual({ seq: 5 });
    expect(instance.loads()).toBe(3);
  });

  it('includes the event although no message about it arrived', async () => {
    let stored: Balance = { seq: 3 };
    const instance = anInstance(() => stored);
    await instance.read(3);
    stored = { seq: 4 };
    expect(await instance.read(4)).toEqual({ seq: 4 });
  });

  it('keeps nothing of a read during which an event came', async () => {
    let stored: Balance = { seq: 3 };
    const instance = anInstance(() => stored);
    await instance.readDuring(3, async () => {
      stored = { seq: 4 };
      await instance.announce();
    });
    expect(await instance.read(3)).toEqual({ seq: 4 });
  });

  it('is not answered with the value of another user', async () => {
    const instance = anInstance(() => ({ seq: 3 }));
    await instance.read(3);
    await instance.read(3, aUsername('bob'));
    expect(instance.loads()).toBe(2);
  });
});

it('a read for a client that says nothing is always of the store, and costs no subscription', async () => {
  const instance = anInstance(() => ({ seq: 3 }));
  let subscriptions = 0;
  const reads = createSeenReads<Balance>({
    bus: {
      subscribe(...args) {
        subscriptions += 1;
        return instance.bus.subscribe(...args);
      },
    },
  });
  let loads = 0;
  const load = async () => ({ seq: (loads += 1) });
  await reads.read({ username: ALICE, id, seen: undefined }, load);
  expect(await reads.read({ username: ALICE, id, seen: undefined }, load)).toEqual({ seq: 2 });
  expect(subscriptions).toBe(0);
  await reads.read({ username: ALICE, id, seen: 0 }, load);
  await reads.read({ username: ALICE, id, seen: 0 }, load);
  expect([loads, subscriptions]).toEqual([3, 1]);
});

it('a final value is read once for its user, whatever the client has seen', async () => {
  const reads = createSeenReads<Balance>({ bus: createInProcessBus(), isFinal: () => true });
  let loads = 0;
  const load = async () => ({ seq: (loads += 1) });
  for (const seen of [undefined, 7, undefined]) {
    expect(await reads.read({ username: ALICE, id, seen }, load)).toEqual({ seq: 1 });
  }
  expect(await reads.read({ username: aUsername('bob'), id, seen: undefined }, load)).toEqual({ seq: 2 });
});

type Step =
  | { readonly kind: 'commit' }
  /** A message about some commit arrives at one instance: late, out of order, twice or never. */
  | { readonly kind: 'message' | 'read' | 'slow read'; readonly instance: number; readonly client: number }
  | { readonly kind: 'time'; readonly milliseconds: number };

const places = { instance: fc.nat({ max: 1 }), client: fc.nat({ max: 2 }) };
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({ kind: fc.constant('commit' as const) }),
    fc.record({ kind: fc.constantFrom('message', 'read', 'slow read'), ...places }),
    fc.record({ kind: fc.constant('time' as const), milliseconds: fc.nat({ max: 2 * BOUND_MILLISECONDS }) }),
  ),
  { maxLength: 40 },
);

it('no client gets a balance older than what it has seen, over two instances, whatever messages arrive', async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (script) => {
      let stored: Balance = { seq: 0 };
      const commit = (): void => {
        stored = { seq: stored.seq + 1 };
      };
      const instances = [anInstance(() => stored), anInstance(() => stored)];
      const seenBy = [0, 0, 0];
      for (const step of script) {
        if (step.kind === 'commit') commit();
        else if (step.kind === 'time') for (const each of instances) each.advance(step.milliseconds);
        else {
          const instance = instances[step.instance]!;
          const seen = seenBy[step.client]!;
          if (step.kind === 'message') await instance.announce();
          else {
            const balance =
              step.kind === 'read'
                ? await instance.read(seen)
                : await instance.readDuring(seen, async () => {
                    commit();
                    // Another client reads the new state meanwhile.
                    await instance.read(stored.seq);
                  });
            expect(balance.seq).toBeGreaterThanOrEqual(seen);
            seenBy[step.client] = balance.seq;
          }
        }
      }
    }),
    { numRuns: 500 },
  );
});
