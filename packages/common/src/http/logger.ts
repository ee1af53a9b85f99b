import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const STANDARD_OUTPUT = 1;
/** Lines are written together when there are many: a system call for each costs more than making it. */
const BUFFER_BYTES = 4_096;
const FLUSH_INTERVAL_MILLISECONDS = 200;

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Defaults to standard output. */
  readonly destination?: DestinationStream;
}

/**
 * Structured JSON logs, one line an event; each app adds its `service`. Bodies and headers are never logged, which
 * is what keeps passwords and tokens out.
 */
export function createLogger({ level, destination = bufferedOutput() }: LoggerOptions): Logger {
  return pino({ level, base: {}, timestamp: createIsoTime() }, destination);
}

let standardOutput: DestinationStream | undefined;

/** Written out when full, a moment later, or at the exit of the process, whichever comes first. */
function bufferedOutput(): DestinationStream {
  if (standardOutput) return standardOutput;
  const output = pino.destination({
    dest: STANDARD_OUTPUT,
    sync: true,
    minLength: BUFFER_BYTES,
    periodicFlush: FLUSH_INTERVAL_MILLISECONDS,
  });
  process.once('exit', () => output.flushSync());
  standardOutput = output;
  return output;
}

/** Writing a time out costs as much as the rest of a line, and under load many lines share a millisecond. */
export function createIsoTime(): () => string {
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
