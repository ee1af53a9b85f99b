import type { Logger } from 'pino';

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** The drain has its own, shorter deadline; this is for a close that hangs. */
const SHUTDOWN_DEADLINE_MILLISECONDS = 9_500;

/**
 * Runs `close` once when the process is asked to stop, then exits. Anything that nobody caught ends the process
 * as well: after an unknown failure a restart is the only state that is known to be good.
 */
export function closeOnSignal(logger: Logger, close: () => Promise<void>): void {
  let isClosing = false;
  const shutDown = (reason: string, exitCode: number): void => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ reason }, 'shutting down');
    setTimeout(() => process.exit(1), SHUTDOWN_DEADLINE_MILLISECONDS).unref();
    close().then(
      () => process.exit(exitCode),
      (error: unknown) => {
        logger.error({ err: error }, 'shutdown failed');
        process.exit(1);
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
