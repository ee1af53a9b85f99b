import { createCleanup } from '@cnop/testing/system/cleanup';
import { freePort } from '@cnop/testing/system/free-port';
import { linkEnds } from '@cnop/testing/worker-links';
import { afterEach, expect, it } from 'vitest';
import { answerScrapes, mergeMetrics, serveMetrics } from '../../src/workers/serve-metrics.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

const metricsOf = (worker: number, orders: number) =>
  [
    '# HELP orders Orders.',
    '# TYPE orders counter',
    `orders{worker="${worker}"} ${orders}`,
    '',
    `# HELP age Age.`,
    '# TYPE age gauge',
    `age{worker="${worker}",asset="A"} 1`,
    `age{worker="${worker}",asset="B"} 2`,
    '',
  ].join('\n');

it('keeps the samples of one metric together, under one header', () => {
  expect(mergeMetrics([metricsOf(1, 5), metricsOf(2, 7)])).toBe(
    [
      '# HELP orders Orders.',
      '# TYPE orders counter',
      'orders{worker="1"} 5',
      'orders{worker="2"} 7',
      '',
      '# HELP age Age.',
      '# TYPE age gauge',
      'age{worker="1",asset="A"} 1',
      'age{worker="1",asset="B"} 2',
      'age{worker="2",asset="A"} 1',
      'age{worker="2",asset="B"} 2',
      '',
    ].join('\n'),
  );
});

it('serves the metrics of the workers that answer, and how many there are', async () => {
  const links = [linkEnds(), linkEnds(), linkEnds()];
  for (const { cut } of links) cleanup.defer(cut);
  // The third worker hangs.
  for (const [i, { worker }] of links.slice(0, 2).entries()) {
    answerScrapes(worker, async () => metricsOf(i + 1, 5));
  }
  const port = await freePort();
  const pool = { ready: () => links.map(({ parent }) => parent), restarts: () => 4 };
  const server = await serveMetrics({ host: '127.0.0.1', port }, pool);
  cleanup.defer(() => server.close());
  const answer = await fetch(`http://127.0.0.1:${port}/metrics`);
  const text = await answer.text();
  expect(answer.headers.get('content-type')).toContain('version=0.0.4');
  expect(text).toContain('\ncnop_workers 3\n');
  expect(text).toContain('\ncnop_worker_restarts_total 4\n');
  expect(text.match(/^orders\{.*$/gm)).toEqual(['orders{worker="1"} 5', 'orders{worker="2"} 5']);
  expect((await fetch(`http://127.0.0.1:${port}/other`)).status).toBe(404);
});
