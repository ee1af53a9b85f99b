import { describe, expect, it, vi } from 'vitest';
import {
  answerWith,
  neverAnswer,
  statesOf,
  statusesOf,
  unavailable,
  useMisbehavingService,
} from './misbehaving-service.ts';

const PROBE_INTERVAL_MILLISECONDS = 30;
const MANY = 40;
const all = (status: number, times = MANY) => Array.from({ length: times }, () => status);

describe('a probe over HTTP', () => {
  const { open, current, report, write } = useMisbehavingService();
  const openTwo = async () => {
    await open({ instances: 2, probeIntervalMilliseconds: PROBE_INTERVAL_MILLISECONDS });
    return current().services;
  };
  const untilStates = (...states: string[]) =>
    vi.waitFor(() => expect(statesOf(current().upstream)).toEqual(states), { timeout: 30_000 });

  it.each([
    ['says that it is not ready', unavailable],
    ['does not answer', neverAnswer],
  ])('takes the requests from an instance that %s, and gives them back', async (_, readiness) => {
    const [, sick] = await openTwo();
    sick!.readiness = readiness;
    await untilStates('ready', 'not_ready');
    await statusesOf(MANY, write);
    expect(sick!.seen).toEqual([]);
    sick!.readiness = answerWith(200);
    await untilStates('ready', 'ready');
    await vi.waitFor(
      async () => {
        await write();
        expect(sick!.seen).not.toEqual([]);
      },
      { timeout: 30_000 },
    );
  });

  it('that fails everywhere stops no traffic', async () => {
    const services = await openTwo();
    for (const service of services) service.readiness = unavailable;
    await untilStates('not_ready', 'not_ready');
    expect(await statusesOf(MANY, write)).toEqual(all(200));
    for (const { seen } of services) expect(seen).not.toEqual([]);
  });

  it('ends the ejection of an instance that listens again', async () => {
    const [, dead] = await openTwo();
    await dead!.close();
    expect(await statusesOf(MANY, write)).toEqual(all(200));
    expect(report().ejections.unreachable).toBeLessThanOrEqual(1);
    await dead!.listen(Number(current().origins[1]!.port));
    await untilStates('ready', 'ready');
  });
});
