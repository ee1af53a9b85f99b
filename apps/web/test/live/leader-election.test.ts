import { describe, expect, it } from 'vitest';
import type { Locks } from '../../src/live/leader-election.ts';
import { electLeader } from '../../src/live/leader-election.ts';

/** Locks as browsers have them: one holder at a time, the others in order. */
function createLocks(): Locks {
  const tails = new Map<string, Promise<void>>();
  return {
    request(name, hold) {
      const turn = (tails.get(name) ?? Promise.resolve()).then(hold);
      tails.set(name, turn);
      return turn;
    },
  };
}

const settle = () =>
  new Promise<void>((resolve) => {
    setImmediate(resolve);
  });

function open(tabs: string[], locks: Locks | undefined, name: string) {
  return electLeader({ locks, name: 'stream' }, () => {
    tabs.push(`${name} leads`);
    return () => tabs.push(`${name} stops`);
  });
}

describe('the election of a leading tab', () => {
  it('makes the first tab the leader while the others wait', async () => {
    const log: string[] = [];
    const locks = createLocks();
    open(log, locks, 'one');
    open(log, locks, 'two');
    await settle();
    expect(log).toEqual(['one leads']);
  });

  it('hands the lead to the tab that has waited longest', async () => {
    const log: string[] = [];
    const locks = createLocks();
    const first = open(log, locks, 'one');
    open(log, locks, 'two');
    open(log, locks, 'three');
    await settle();
    first.resign();
    await settle();
    expect(log).toEqual(['one leads', 'one stops', 'two leads']);
  });

  it('skips a tab that gave up waiting', async () => {
    const log: string[] = [];
    const locks = createLocks();
    const first = open(log, locks, 'one');
    const second = open(log, locks, 'two');
    open(log, locks, 'three');
    await settle();
    second.resign();
    first.resign();
    await settle();
    expect(log).toEqual(['one leads', 'one stops', 'three leads']);
  });

  it('lets every tab lead itself if there are no locks or they are refused', async () => {
    const log: string[] = [];
    open(log, undefined, 'one');
    open(log, { request: () => Promise.reject(new Error('not allowed')) }, 'two');
    await settle();
    expect(log).toEqual(['one leads', 'two leads']);
  });
});
