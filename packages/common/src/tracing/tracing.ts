import { AsyncLocalStorage } from 'node:async_hooks';

/** The place of a step in a trace, as the header `traceparent` carries it. */
export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  /** Whether the steps of the trace are recorded. */
  readonly isSampled: boolean;
}

/** The facts of a step. They never name a user, and hold no amount, token or key of an item. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** One timed step of a trace. A span that is not sampled records nothing. */
export interface Span extends TraceContext {
  /** Starts a step within this one. */
  child(name: string, attributes?: SpanAttributes): Span;
  set(attributes: SpanAttributes): void;
  /** Marks the step as failed, with the class of the error. Its message may hold personal data and is left out. */
  fail(error: unknown): void;
  end(): void;
}

/** The port to the traces of a process. */
export interface Tracing {
  /**
   * Starts the span of a request.
   * @param parent the caller's span; without it a trace begins
   */
  startRequest(name: string, parent: TraceContext | undefined, attributes: SpanAttributes): Span;
  /** Starts the span of a background job, which begins a trace. */
  startJob(name: string): Span;
  /** Sends the spans that have ended, and stops. */
  close(): Promise<void>;
}

const TRACEPARENT_PATTERN =
  /^(?<version>(?!ff)[\da-f]{2})-(?<traceId>(?!0{32})[\da-f]{32})-(?<spanId>(?!0{16})[\da-f]{16})-(?<flags>[\da-f]{2})(?<rest>$|-)/;
const SAMPLED_FLAG = 1;
const HEXADECIMAL = 16;

/**
 * Parses a `traceparent` header.
 * @returns undefined for an invalid or absent header, after which a new trace begins
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(header: string | readonly string[] | undefined): TraceContext | undefined {
  if (typeof header !== 'string') return undefined;
  const { version, traceId, spanId, flags, rest } = TRACEPARENT_PATTERN.exec(header)?.groups ?? {};
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  // Only later versions may have further parts.
  if (version === '00' && rest !== '') return undefined;
  return {
    traceId,
    spanId,
    isSampled: (Number.parseInt(flags, HEXADECIMAL) & SAMPLED_FLAG) === SAMPLED_FLAG,
  };
}

/** Returns the `traceparent` header of a request that a span makes. */
export function formatTraceparent({ traceId, spanId, isSampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`;
}

/** The span of the running code. */
const active = new AsyncLocalStorage<Span>();
let followers = 0;

/**
 * Keeps the active span while a sampled request runs. Without such a request it is not followed, since on Node 20 that
 * costs every promise of the process, a fifth of the time of an order.
 * @returns a function that ends the request; call it once
 */
export function followSpans(): () => void {
  followers += 1;
  return () => {
    followers -= 1;
    if (followers === 0) active.disable();
  };
}

/** Returns the sampled span that the running code belongs to. */
export function activeSpan(): Span | undefined {
  return active.getStore();
}

/** Calls a function whose steps, also asynchronous ones, belong to a span. Does nothing else for an unsampled span. */
export function runInSpan<T>(span: Span | undefined, work: () => T): T {
  return span?.isSampled ? active.run(span, work) : work();
}

/**
 * Runs a step within the active span; without one it only calls `work`.
 * @param work called with the span of the step
 */
export async function traceStep<T>(
  name: string,
  attributes: SpanAttributes,
  work: (span: Span | undefined) => Promise<T>,
): Promise<T> {
  const parent = active.getStore();
  if (!parent) return work(undefined);
  const span = parent.child(name, attributes);
  try {
    return await active.run(span, () => work(span));
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Runs a background job as a trace of its own, when the process has traces and the sampler takes it. Give it a job that
 * ends: what the job leaves running stays in its trace.
 */
export async function traceJob<T>(
  tracing: Tracing | undefined,
  name: string,
  work: () => Promise<T>,
): Promise<T> {
  const span = tracing?.startJob(name);
  if (!span?.isSampled) return work();
  const leave = followSpans();
  try {
    return await runInSpan(span, work);
  } catch (error) {
    span.fail(error);
    throw error;
  } finally {
    span.end();
    leave();
  }
}
