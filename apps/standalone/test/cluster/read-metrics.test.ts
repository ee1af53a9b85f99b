import { expect, it } from 'vitest';
import { parseMetrics, readFigures, tailSeconds } from '../../src/cluster/read-metrics.ts';

/** Returns the page of a process that answered so many requests for orders within 10 ms, within 100 ms, and in all. */
function page(fast: number, slow: number, all: number, failed = 0): string {
  const order = 'method="POST",route="/api/v1/orders"';
  return `
# HELP http_request_duration_seconds Time from the first byte of a request to the last of its answer.
# TYPE http_request_duration_seconds histogram
http_request_duration_seconds_bucket{le="0.01",${order},status="201",service="gateway"} ${fast}
http_request_duration_seconds_bucket{le="0.1",${order},status="201",service="gateway"} ${slow}
http_request_duration_seconds_bucket{le="+Inf",${order},status="201",service="gateway"} ${all}
http_request_duration_seconds_count{${order},status="201",service="gateway"} ${all}
http_request_duration_seconds_count{${order},status="503",service="gateway"} ${failed}
http_request_duration_seconds_count{method="GET",route="/health/ready",status="503",service="gateway"} 999
process_cpu_seconds_total{service="gateway"} 1.5e-3
`;
}

const figuresOf = (...counts: Parameters<typeof page>) => readFigures(parseMetrics(page(...counts)));
const requestsOf = (...counts: Parameters<typeof page>) => figuresOf(...counts).requests;

it('reads names, labels and values, whatever the labels contain', () => {
  expect(
    parseMetrics('a{route="/x{id},\\"y\\"",b="2"} 4.5e-1\n# HELP a b\nb_total 3\nnot a sample\n'),
  ).toEqual([
    { name: 'a', labels: { route: '/x{id},\\"y\\"', b: '2' }, value: 0.45 },
    { name: 'b_total', labels: {}, value: 3 },
  ]);
});

it('counts requests and failures, without probes', () => {
  expect(figuresOf(80, 90, 100, 7)).toMatchObject({ requests: { count: 107 }, failures: 7 });
});

it('finds the time within which 99 % of the requests between two readings were answered', () => {
  const before = requestsOf(0, 50, 100);
  expect(tailSeconds(before, requestsOf(99, 150, 200))).toBe(0.01);
  expect(tailSeconds(before, requestsOf(98, 150, 200))).toBe(0.1);
  expect(tailSeconds(before, requestsOf(98, 148, 200))).toBe(Infinity);
  expect(tailSeconds(before, before)).toBeUndefined();
});

it('knows the leader and the standby, where a process can be either', () => {
  expect(figuresOf(1, 1, 1).isLeader).toBeUndefined();
  expect(readFigures(parseMetrics('cnop_price_leader{service="inventory-service"} 1')).isLeader).toBe(true);
  expect(readFigures(parseMetrics('cnop_price_leader{service="inventory-service"} 0')).isLeader).toBe(false);
});
