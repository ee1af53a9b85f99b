import type { Registry } from 'prom-client';
import { Counter, Gauge } from 'prom-client';
import { FAILURE_REASONS, STATE_NAMES } from './instance-state.ts';
import type { RoutingReport, UpstreamName, Upstreams } from './upstream.ts';
import { RETRY_REASONS, UPSTREAM_NAMES } from './upstream.ts';

/** Reports the instances of all upstreams and the routing to them. It reads them when the metrics are read. */
export function recordUpstreams(registry: Registry, upstreams: Upstreams): void {
  const registers = [registry];
  const reports = (): [UpstreamName, RoutingReport][] =>
    UPSTREAM_NAMES.flatMap((name) => {
      const report = upstreams[name].report();
      return report ? [[name, report]] : [];
    });

  new Gauge({
    name: 'cnop_upstream_instance_state',
    help: '1 for the state of an instance as the gateway sees it, 0 for the other states.',
    labelNames: ['upstream', 'origin', 'state'],
    registers,
    collect() {
      // Instances that have left are not reported.
      this.reset();
      for (const [upstream, { instances }] of reports())
        for (const { origin, state: current } of instances)
          for (const state of STATE_NAMES) this.set({ upstream, origin, state }, state === current ? 1 : 0);
    },
  });
  new Gauge({
    name: 'cnop_upstream_requests_in_flight',
    help: 'Requests to an instance whose response has not started, and open streams.',
    labelNames: ['upstream', 'origin', 'kind'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, { instances }] of reports())
        for (const { origin, requestsInFlight, openStreams } of instances) {
          this.set({ upstream, origin, kind: 'request' }, requestsInFlight);
          this.set({ upstream, origin, kind: 'stream' }, openStreams);
        }
    },
  });
  new Counter({
    name: 'cnop_upstream_ejections_total',
    help: 'Ejections of instances by the failure that led to them.',
    labelNames: ['upstream', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, { ejections }] of reports())
        for (const reason of FAILURE_REASONS) this.inc({ upstream, reason }, ejections[reason]);
    },
  });
  new Counter({
    name: 'cnop_upstream_retries_total',
    help: 'Requests that were sent again, by what happened to the attempt before.',
    labelNames: ['upstream', 'reason'],
    registers,
    collect() {
      this.reset();
      for (const [upstream, { retries }] of reports())
        for (const reason of RETRY_REASONS) this.inc({ upstream, reason }, retries[reason]);
    },
  });
  countFacts(registry, reports);
}

function countFacts(registry: Registry, reports: () => [UpstreamName, RoutingReport][]): void {
  const facts = [
    ['cnop_upstream_refused_retries_total', 'Retries that the retry budget refused.', 'refusedRetries'],
    ['cnop_upstream_discovery_failures_total', 'Failed reads of a source of instances.', 'discoveryFailures'],
  ] as const;
  for (const [name, help, fact] of facts) {
    new Counter({
      name,
      help,
      labelNames: ['upstream'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [upstream, report] of reports()) this.inc({ upstream }, report[fact]);
      },
    });
  }
}
