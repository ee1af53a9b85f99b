import type { Logger } from 'pino';

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** The drain has its own, shorter deadline; this is for a close that hangs. */
const SHUTDOWN_DEADLINE_MILLISECONDS = 9_500;

/**
 * Runs `close` once when the process is asked to stop, then exits. Anything that nobody caught ends the process
 * as well: after an unknown failure a restart is the only state that is known to be good.
 * @param lastWords returns what the operator has to know of a failure; logged as the last line
 */
export function closeOnSignal(
  logger: Logger,
  close: () => Promise<void>,
  lastWords: () => string | undefined = () => undefined,
): void {
  let isClosing = false;
  const shutDown = (reason: string, exitCode: number): void => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ reason }, 'shutting down');
    const exit = (code: number): void => {
      const words = code === 0 ? undefined : lastWords();
      if (words !== undefined) logger.fatal(words);
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
