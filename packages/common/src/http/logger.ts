import type { DestinationStream, Logger } from 'pino';
import { pino } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Whatever could let somebody in, wherever it might be logged by mistake. */
const SECRET_PATHS = ['password', 'current_password', 'new_password', 'access_token', 'refresh_token', 'authorization'];

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Defaults to standard output. */
  readonly destination?: DestinationStream;
}

/** Structured JSON logs, one line an event, without secrets. Each app adds its `service`. */
export function createLogger({ level, destination }: LoggerOptions): Logger {
  const options = {
    level,
    base: {},
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: { paths: SECRET_PATHS.flatMap((path) => [path, `*.${path}`]), censor: '[redacted]' },
  };
  return destination ? pino(options, destination) : pino(options);
}
