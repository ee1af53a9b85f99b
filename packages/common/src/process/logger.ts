import type { DestinationStream, Logger, LoggerOptions as PinoOptions } from 'pino';
import { pino } from 'pino';
import type { LogLevel } from '../config/settings.ts';
import { activeSpan } from '../tracing/tracing.ts';
import { PROCESS_IDENTITY } from './process-identity.ts';

const STANDARD_OUTPUT = 1;
/** Lines are written in batches: a system call for each costs more than formatting it. */
const BUFFER_BYTES = 3_500;
/** A pipe keeps a batch of this size whole, so that the lines of workers, which share it, do not mix. */
const MAX_BATCH_BYTES = 4_096;
const FLUSH_INTERVAL_MILLISECONDS = 200;

/** The level and the destination of a logger. */
export interface LoggerOptions {
  readonly level: LogLevel;
  /** Adds the ids of the active trace to each line. */
  readonly isTraced?: boolean;
  /** The number of this process among workers. */
  readonly worker?: number | undefined;
  /** Defaults to standard output. */
  readonly destination?: DestinationStream;
}

/**
 * Creates a logger that writes one JSON line per event, with its level as a word and the identity of this process; each
 * app adds its `service`. Bodies and headers are never logged, so that no password or token gets into the log.
 * @see docs/operating/observability.md
 */
export function createLogger({
  level,
  isTraced = false,
  worker,
  destination = bufferedOutput(),
}: LoggerOptions): Logger {
  const options: PinoOptions = {
    level,
    base: { instance: PROCESS_IDENTITY, ...(worker !== undefined && { worker }) },
    formatters: { level: (name) => ({ level: name }) },
    timestamp: createIsoTime(),
    ...(isTraced && { mixin: activeTraceIds }),
  };
  return pino(options, destination);
}

function activeTraceIds(): object {
  const span = activeSpan();
  return span ? { trace_id: span.traceId, span_id: span.spanId } : {};
}

let standardOutput: DestinationStream | undefined;

/**
 * Returns buffered standard output. The buffer is flushed when it is full, every 200 ms, and when the process exits.
 */
function bufferedOutput(): DestinationStream {
  if (standardOutput) return standardOutput;
  const output = pino.destination({
    dest: STANDARD_OUTPUT,
    sync: true,
    minLength: BUFFER_BYTES,
    maxWrite: MAX_BATCH_BYTES,
    periodicFlush: FLUSH_INTERVAL_MILLISECONDS,
  });
  process.once('exit', () => output.flushSync());
  standardOutput = output;
  return output;
}

/**
 * Creates the `timestamp` function of a logger, which caches the text per millisecond: formatting a time costs as much
 * as the rest of a line, and under load many lines share a millisecond.
 */
function createIsoTime(): () => string {
  let lastMilliseconds = 0;
  let member = '';
  return () => {
    const now = Date.now();
    if (now !== lastMilliseconds) {
      lastMilliseconds = now;
      member = `,"time":"${new Date(now).toISOString()}"`;
    }
    return member;
  };
}
