import type { Logger } from 'pino';
import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import type { Drain } from '../http/http-server.ts';
import { explainFailure } from './explain-failure.ts';

const SHUTDOWN_SIGNALS = ['SIGTERM', 'SIGINT'] as const;
/** Ends a shutdown that hangs. The drain has its own, shorter deadline. */
const SHUTDOWN_DEADLINE_MILLISECONDS = 9_500;

/** Runs the start of a process. When it fails, writes the reason to standard error and exits with code 1. */
export async function startProcess(start: () => Promise<void>): Promise<void> {
  try {
    await start();
  } catch (error) {
    process.stderr.write(`${explainFailure(error)}\n`);
    process.exit(1);
  }
}

/** The shutdown of a process. */
export interface Shutdown {
  readonly drain: Drain;
  /** Completes accepted requests and closes the parts of the process. */
  readonly close: () => Promise<void>;
  /** Returns what the operator has to know when the process fails; logged as the last line. */
  readonly explainFailure?: (() => string | undefined) | undefined;
  /** Sets how the process is asked to stop, instead of by signals. */
  readonly onRequest?: (stop: (reason: string) => void) => void;
}

/**
 * Shuts the process down on SIGTERM or SIGINT: it is not ready at once, serves on for the delay of its drain or until a
 * second signal, then runs `close` and exits with code 0. An uncaught exception or rejection also stops the process,
 * without a delay and with code 1: after an unknown failure only a restart leads to a known state.
 */
export function closeOnSignal(
  logger: Logger,
  { drain, close, explainFailure: explainClose = () => undefined, onRequest = onShutdownSignal }: Shutdown,
): void {
  let isClosing = false;
  const shutDown = (reason: string, exitCode: number): void => {
    if (isClosing) return;
    isClosing = true;
    logger.info({ reason }, 'shutting down');
    const exit = (code: number): void => {
      const explanation = code === 0 ? undefined : explainClose();
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
  onRequest((signal) => {
    const { isStopping, delaySeconds } = drain;
    drain.announce();
    if (isStopping || delaySeconds === 0) {
      shutDown(signal, 0);
      return;
    }
    logger.info(
      { reason: signal, delay_seconds: delaySeconds },
      'not ready; serving until the delay or a second signal ends it',
    );
    setTimeout(() => shutDown(signal, 0), delaySeconds * MILLISECONDS_PER_SECOND);
  });
  process.on('uncaughtException', (error) => {
    logger.fatal({ err: error }, 'uncaught exception');
    shutDown('uncaughtException', 1);
  });
  process.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    shutDown('unhandledRejection', 1);
  });
}

/** Calls the listener with each SIGTERM and SIGINT of this process. */
export function onShutdownSignal(listener: (signal: string) => void): void {
  for (const signal of SHUTDOWN_SIGNALS) process.on(signal, listener);
}
