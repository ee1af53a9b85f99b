import { ConfigError } from '../config/read-config.ts';

/** Starts what a process is for; when that fails, says why and exits. A wrong setting is explained without a stack. */
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
