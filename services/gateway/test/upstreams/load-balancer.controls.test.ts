import { expect, it, onTestFinished, vi } from 'vitest';
import type { Instance } from '../../src/upstreams/instance.ts';
import { createInstance } from '../../src/upstreams/instance.ts';
import { createLoadBalancer } from '../../src/upstreams/load-balancer.ts';
import { createDeadline } from '../../src/upstreams/upstream-failures.ts';
import { FAILURES_TO_EJECT, hangUp, useMisbehavingService } from './misbehaving-service.ts';

const REQUESTS = 100;
const TIMEOUT_MILLISECONDS = 10_000;
const NO_MORE_PROBES_MILLISECONDS = 600_000;

const { open, current } = useMisbehavingService();

/** Opens two instances, of which one loses every request that it gets. */
async function openInstances(): Promise<readonly Instance[]> {
  await open({ instances: 2 });
  const { services, origins } = current();
  services[1]!.behaviour = hangUp;
  const instances = origins.map((origin) =>
    createInstance(origin, {
      probeIntervalMilliseconds: NO_MORE_PROBES_MILLISECONDS,
      now: () => performance.now(),
      random: Math.random,
      onEjected: () => undefined,
    }),
  );
  onTestFinished(async () => void (await Promise.all(instances.map((instance) => instance.close()))));
  for (const instance of instances) instance.start();
  const areReady = () => instances.every(({ state }) => state.readiness === 'ready');
  await vi.waitFor(() => expect(areReady()).toBe(true));
  return instances;
}

/** Sends requests, one after the other, and returns how many of them fail. */
async function countFailures(method: 'GET' | 'POST', instances: readonly Instance[]): Promise<number> {
  const balancer = createLoadBalancer({
    instances: () => instances,
    now: () => performance.now(),
    random: Math.random,
  });
  let failures = 0;
  for (let i = 0; i < REQUESTS; i++) {
    const request = { method, path: '/balance', headers: {}, body: null, bodyTimeoutMilliseconds: 0 };
    const deadline = createDeadline(TIMEOUT_MILLISECONDS);
    try {
      const { body } = await balancer.send(request, 'request', deadline);
      body.resume();
    } catch {
      failures += 1;
    }
    deadline.stopClock();
  }
  return failures;
}

it('no read fails while one of two instances loses every request', async () => {
  expect(await countFailures('GET', await openInstances())).toBe(0);
});

it('the control: without repetitions, requests fail until the instance is ejected', async () => {
  expect(await countFailures('POST', await openInstances())).toBe(FAILURES_TO_EJECT);
});

it('the control: without ejection, reads fail once the budget of repetitions is spent', async () => {
  const instances = await openInstances();
  const neverEjected = instances.map((instance) => ({ ...instance, state: instance.state }));
  expect(await countFailures('GET', neverEjected)).toBeGreaterThan(FAILURES_TO_EJECT);
});
