import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { recordUpstreams } from '../../src/upstreams/upstream-metrics.ts';
import { statusesOf, useMisbehavingService } from './misbehaving-service.ts';

describe('the metrics of upstreams', () => {
  const { open, current, write } = useMisbehavingService();

  it('report the state of each instance, ejections and retries', async () => {
    await open({ instances: 2 });
    const { services, origins, upstream } = current();
    await services[1]!.close();
    while (upstream.report()!.ejections.unreachable === 0) await statusesOf(1, write);
    const registry = new Registry();
    const unused = { ...upstream, report: () => undefined };
    recordUpstreams(registry, { user: upstream, order: unused, inventory: unused });
    const { retries } = upstream.report()!;
    const lines = (await registry.metrics()).split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        `cnop_upstream_instance_state{upstream="user",origin="${origins[0]!.origin}",state="ready"} 1`,
        `cnop_upstream_instance_state{upstream="user",origin="${origins[0]!.origin}",state="ejected"} 0`,
        `cnop_upstream_instance_state{upstream="user",origin="${origins[1]!.origin}",state="ejected"} 1`,
        `cnop_upstream_requests_in_flight{upstream="user",origin="${origins[0]!.origin}",kind="request"} 0`,
        'cnop_upstream_ejections_total{upstream="user",reason="unreachable"} 1',
        `cnop_upstream_retries_total{upstream="user",reason="unreachable"} ${retries.unreachable}`,
        'cnop_upstream_refused_retries_total{upstream="user"} 0',
        'cnop_upstream_discovery_failures_total{upstream="user"} 0',
      ]),
    );
    expect(lines.filter((line) => line.includes('upstream="order"'))).toEqual([]);
  });
});
