import { ConfigError } from '../config/read-config.ts';

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
