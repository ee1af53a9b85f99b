import type { Logger } from 'pino';
import { ConfigError } from '../config/read-config.ts';

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Ends a shutdown that hangs. The drain has its own, shorter deadline. */
const SHUTDOWN_DEADLINE_MILLISECONDS = 9_500;

/** Runs the start of a process. When it fails, writes the reason to standard error and exits with code 1. */
export async function startProcess(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    const message = error instanceof ConfigError ? error.message : error;
    process.stderr.write(
      `${message instanceof Error ? (message.stack ?? message.message) : String(message)}\n`,
    );
    process.exit(1);
  }
}

/**
 * Runs `close` once on SIGTERM or SIGINT, then exits with code 0. An uncaught exception or rejection also stops the
 * process, with code 1: after an unknown failure only a restart leads to a known state.
 * @param explainFailure returns what the operator has to know when the process fails; logged as the last line
 */
export function closeOnSignal(
  logger: Logger,
  close: () => Promise<void>,
  explainFailure: () => string | undefined = () => undefined,
): void {
  let isClosing = false;
  const shutDown = (reason: string, exitCode: number): void => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ reason }, 'shutting down');
    const exit = (code: number): void => {
      const explanation = code === 0 ? undefined : explainFailure();
      if (explanation !== undefined) logger.fatal(explanation);
      process.exit(code);
    };
    setTimeout(() => exit(1), SHUTDOWN_DEADLINE_MILLISECONDS).unref();
    close().then(
      () => exit(exitCode),
      (error: unknown) => {
        logger.error({ err: error }, 'shutdown failed');
        exit(1);
      },
    );
  };
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, () => shutDown(signal, 0));
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    shutDown('uncaughtException', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    shutDown('unhandledRejection', 1);
  });
}
