import type { Span as SdkSpan, Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, SpanKind, SpanStatusCode, TraceFlags, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { Sampler } from '@opentelemetry/sdk-trace';
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import type { SamplerName } from '../../config/settings.ts';
import { PROCESS_IDENTITY } from '../../process/process-identity.ts';
import type { Span, SpanAttributes, TraceContext, Tracing } from '../tracing.ts';

const INSTRUMENTATION = 'cnop';
const TRACES_PATH = 'v1/traces';
/** Serializing a batch blocks the event loop for some 5 µs a span, so batches are small: half a millisecond each. */
const BATCHES = { maxExportBatchSize: 128, scheduledDelayMillis: 1_000, maxQueueSize: 4_096 } as const;

/** The collector, the process, and which traces are recorded. */
export interface OpenTelemetryOptions {
  /** The base of an OTLP/HTTP endpoint, such as `http://collector:4318`. */
  readonly endpoint: URL;
  readonly service: string;
  readonly version: string;
  readonly sampler: SamplerName;
  /** The share of traces that the ratio samplers record, from 0 to 1. */
  readonly ratio: number;
}

/** Creates the traces of a process, which are sent to an OpenTelemetry collector in batches, as JSON over HTTP. */
export function createOpenTelemetryTracing(options: OpenTelemetryOptions): Tracing {
  const provider = new TracerProvider({
    resource: resourceFromAttributes({
      'service.name': options.service,
      'service.version': options.version,
      'service.instance.id': PROCESS_IDENTITY,
    }),
    sampler: samplerOf(options),
    spanProcessors: [
      new BatchSpanProcessor({
        exporter: new OTLPTraceExporter({ url: tracesUrl(options.endpoint) }),
        ...BATCHES,
      }),
    ],
  });
  const tracer = provider.getTracer(INSTRUMENTATION, options.version);
  return {
    startRequest(name, parent, attributes) {
      const context = parent ? trace.setSpanContext(ROOT_CONTEXT, remoteContextOf(parent)) : ROOT_CONTEXT;
      return toSpan(tracer, tracer.startSpan(name, { kind: SpanKind.SERVER, attributes }, context));
    },
    startJob: (name) => toSpan(tracer, tracer.startSpan(name, {}, ROOT_CONTEXT)),
    close: () => provider.shutdown(),
  };
}

function remoteContextOf({ traceId, spanId, isSampled }: TraceContext) {
  const traceFlags = isSampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { traceId, spanId, traceFlags, isRemote: true };
}

function toSpan(tracer: Tracer, span: SdkSpan): Span {
  const { traceId, spanId } = span.spanContext();
  return {
    traceId,
    spanId,
    isSampled: span.isRecording(),
    child: (name: string, attributes?: SpanAttributes) =>
      toSpan(
        tracer,
        tracer.startSpan(name, { ...(attributes && { attributes }) }, trace.setSpan(ROOT_CONTEXT, span)),
      ),
    set: (attributes) => void span.setAttributes(attributes),
    fail(error) {
      span.setStatus({ code: SpanStatusCode.ERROR });
      span.setAttribute('error.type', error instanceof Error ? error.name : String(error));
    },
    end: () => span.end(),
  };
}

/** A ratio without `parentbased` also decides about requests whose caller has decided already. */
function samplerOf({ sampler, ratio }: OpenTelemetryOptions): Sampler {
  const roots: Readonly<Record<SamplerName, () => Sampler>> = {
    always_on: () => new AlwaysOnSampler(),
    always_off: () => new AlwaysOffSampler(),
    traceidratio: () => new TraceIdRatioBasedSampler(ratio),
    parentbased_always_on: () => new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    parentbased_always_off: () => new ParentBasedSampler({ root: new AlwaysOffSampler() }),
    parentbased_traceidratio: () => new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
  };
  return roots[sampler]();
}

function tracesUrl(endpoint: URL): string {
  return `${endpoint.href.replace(/\/$/, '')}/${TRACES_PATH}`;
}
