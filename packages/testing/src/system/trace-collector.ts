import { once } from 'node:events';
import { createServer } from 'node:http';
import { json } from 'node:stream/consumers';
import { z } from 'zod';
import { freePort } from './free-port.ts';

const valueSchema = z.record(z.string(), z.unknown());
const attributeSchema = z.object({ key: z.string(), value: valueSchema });

/** The part of an OTLP trace request that tests read. */
const exportSchema = z.object({
  resourceSpans: z.array(
    z.object({
      resource: z.object({ attributes: z.array(attributeSchema) }),
      scopeSpans: z.array(
        z.object({
          spans: z.array(
            z.object({
              traceId: z.string(),
              spanId: z.string(),
              parentSpanId: z.string().optional(),
              name: z.string(),
              attributes: z.array(attributeSchema),
              startTimeUnixNano: z.string(),
              endTimeUnixNano: z.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});

/** A span as a collector receives it. */
export interface ReceivedSpan {
  readonly service: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly startNanoseconds: bigint;
  readonly endNanoseconds: bigint;
}

/** A collector of traces that speaks OTLP over HTTP, for tests. */
export interface TraceCollector {
  /** The value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly endpoint: string;
  /** Every received span, in the order of arrival. */
  readonly spans: readonly ReceivedSpan[];
  /** The paths of the received requests. */
  readonly paths: readonly string[];
  close(): Promise<void>;
}

/** Starts a collector that accepts spans as JSON. */
export async function startTraceCollector(): Promise<TraceCollector> {
  const spans: ReceivedSpan[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    paths.push(`${request.method} ${request.url}`);
    json(request).then(
      (body) => {
        spans.push(...readSpans(body));
        response.setHeader('content-type', 'application/json').end('{}');
      },
      () => response.writeHead(400).end(),
    );
  });
  const port = await freePort();
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    paths,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function readSpans(body: unknown): ReceivedSpan[] {
  return exportSchema.parse(body).resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const service = String(plain(resource.attributes)['service.name']);
    return scopeSpans
      .flatMap((scope) => scope.spans)
      .map(({ attributes, startTimeUnixNano, endTimeUnixNano, ...span }) => ({
        ...span,
        service,
        parentSpanId: span.parentSpanId,
        attributes: plain(attributes),
        startNanoseconds: BigInt(startTimeUnixNano),
        endNanoseconds: BigInt(endTimeUnixNano),
      }));
  });
}

/** Converts `[{ key, value: { stringValue } }]` to `{ key: value }`. */
function plain(attributes: readonly z.output<typeof attributeSchema>[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
