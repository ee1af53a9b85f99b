import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { WorkerLink } from '@cnop/common/messaging/worker-link';
import { z } from 'zod';
import type { WorkerPool } from './worker-pool.ts';

// The metrics of all workers on one port. Each series has the label `worker`, so that sums are made by the query: a sum made
// here would fall whenever a worker is restarted, which Prometheus takes for growth.

const SCRAPE_TOPIC = 'scrape';
const SCRAPED_TOPIC = 'scraped';
const TIMEOUT_MILLISECONDS = 2_000;
const CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

const scrapeSchema = z.object({ id: z.int() });
const scrapedSchema = z.object({ id: z.int(), text: z.string() });

/** Answers the parent with the metrics of this worker. */
export function answerScrapes(link: WorkerLink, read: () => Promise<string>): void {
  link.on(SCRAPE_TOPIC, (body) => {
    const { id } = scrapeSchema.parse(body);
    void read().then((text) => link.send(SCRAPED_TOPIC, { id, text }));
  });
}

let lastId = 0;

/** Returns the metrics of a worker; undefined when it does not answer in time. */
async function scrape(link: WorkerLink): Promise<string | undefined> {
  const id = (lastId += 1);
  return new Promise((resolve) => {
    const end = (text?: string): void => {
      clearTimeout(timer);
      stop();
      resolve(text);
    };
    const timer = setTimeout(end, TIMEOUT_MILLISECONDS);
    const stop = link.on(SCRAPED_TOPIC, (body) => {
      const scraped = scrapedSchema.parse(body);
      if (scraped.id === id) end(scraped.text);
    });
    link.send(SCRAPE_TOPIC, { id });
  });
}

/**
 * Serves `/metrics` of all workers, and the number of workers and restarts.
 * @throws Error when the port is taken
 */
export async function serveMetrics(
  { host, port }: { readonly host: string; readonly port: number },
  pool: Pick<WorkerPool, 'ready' | 'restarts'>,
): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.url === '/metrics') {
      void readAll(pool).then((text) => response.writeHead(200, { 'content-type': CONTENT_TYPE }).end(text));
    } else response.writeHead(404).end();
  });
  server.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function readAll(pool: Pick<WorkerPool, 'ready' | 'restarts'>): Promise<string> {
  const links = pool.ready();
  const texts = await Promise.all(links.map(scrape));
  const present = texts.filter((text) => text !== undefined);
  return mergeMetrics([metricsOfParent(links.length, pool.restarts()), ...present]);
}

function metricsOfParent(ready: number, restarts: number): string {
  return [
    '# HELP cnop_workers Workers that are ready.',
    '# TYPE cnop_workers gauge',
    `cnop_workers ${ready}`,
    '',
    '# HELP cnop_worker_restarts_total Workers that ended and were replaced.',
    '# TYPE cnop_worker_restarts_total counter',
    `cnop_worker_restarts_total ${restarts}`,
    '',
  ].join('\n');
}

/** Merges metrics in the text format of Prometheus: the samples of one metric must follow each other. */
export function mergeMetrics(texts: readonly string[]): string {
  const samplesByHeader = new Map<string, string[]>();
  for (const metric of texts.flatMap((text) => text.trimEnd().split('\n\n'))) {
    const lines = metric.split('\n');
    const header = lines.filter((line) => line.startsWith('#')).join('\n');
    const samples = lines.filter((line) => line !== '' && !line.startsWith('#'));
    samplesByHeader.set(header, [...(samplesByHeader.get(header) ?? []), ...samples]);
  }
  return [...samplesByHeader].map(([header, samples]) => `${[header, ...samples].join('\n')}\n`).join('\n');
}
