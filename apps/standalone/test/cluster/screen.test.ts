import { expect, it } from 'vitest';
import type { View } from '../../src/cluster/screen.ts';
import { screenLines } from '../../src/cluster/screen.ts';

const VIEW: View = {
  heading: ['a cluster at http://127.0.0.1:8080'],
  statuses: [
    {
      name: 'gateway-1',
      pid: 12,
      state: 'ready',
      requestsPerSecond: 41.6,
      tailSeconds: 0.025,
      failures: 0,
    },
    { name: 'order-1', pid: 1234, state: 'no answer', tailSeconds: Infinity, lagSeconds: 2.5 },
    { name: 'inventory-1', pid: 5, state: 'ready', isLeader: true },
    { name: 'inventory-2', pid: 6, state: 'ready', isLeader: false },
    { name: 'redis', pid: undefined, state: 'ended' },
  ],
  chosen: 1,
  events: ['1', '2', '3', '4', '5', '6', '7'],
  hasColours: false,
};

it('shows each process in aligned columns, marks the chosen one and shows the latest events', () => {
  expect(screenLines(VIEW)).toEqual([
    'a cluster at http://127.0.0.1:8080',
    '',
    '   process       pid  state      requests/s     p99  5xx  lease           lag',
    '   gateway-1      12  ready              42   25 ms    0',
    '›  order-1      1234  no answer              > 10 s                     2.5 s',
    '   inventory-1     5  ready                               makes prices',
    '   inventory-2     6  ready                               standby',
    '   redis              ended',
    '',
    expect.stringContaining('k kill -9'),
    '',
    '2',
    '3',
    '4',
    '5',
    '6',
    '7',
  ]);
});

it('colours the processes that are not ready, and nothing where colours are off', () => {
  const escape = '\u001B[';
  const coloured = screenLines({ ...VIEW, hasColours: true });
  expect(coloured.filter((line) => line.includes(escape)).length).toBe(3);
  expect(coloured[3]).not.toContain(escape);
  expect(screenLines(VIEW).join('')).not.toContain(escape);
});
