import { open } from 'node:fs/promises';
import { ConfigError } from '@cnop/common/config/read-config';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { ProblemError } from '@cnop/exception/problem-error';
import { groupThousands } from './terminal-text.ts';

/** A command did not do what it was asked to; the message says why and what to do next. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

/** The exit codes of commands that copy data; docs/operating/backup-and-migration.md lists them. */
export const EXIT_DONE = 0;
/** The copy is complete, but its content is not what it should be. */
export const EXIT_DIFFERENT = 1;
/** Nothing was done, or the work was interrupted: the message says what to do. */
const EXIT_REFUSED = 2;

/** The output of a command: results on the standard output, progress and errors on the standard error. */
export interface CommandOutput {
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

/**
 * Runs a command and explains an expected failure in a line.
 * @returns the exit code
 */
export async function runDataCommand(output: CommandOutput, act: () => Promise<number>): Promise<number> {
  try {
    return await act();
  } catch (error) {
    output.printError(`${messageOf(error)}\n`);
    return EXIT_REFUSED;
  }
}

function messageOf(error: unknown): string {
  if (error instanceof RefusedError || error instanceof ConfigError) return error.message;
  if (error instanceof ProblemError) {
    const { cause } = error;
    return `${error.message}${cause instanceof Error ? ` (${cause.message})` : ''}`;
  }
  return error instanceof Error ? error.message : String(error);
}

const PROGRESS_EVERY_MILLISECONDS = 2_000;

/** Called with the number of items so far. */
export type ItemProgress = (items: number) => void;

/** Returns a function that prints a line every two seconds: the items so far and their rate. */
export function progressLines(
  { printError }: { readonly printError: (text: string) => unknown },
  what: string,
): ItemProgress {
  let startedAt: number | undefined;
  let printedAt = 0;
  return (items) => {
    const now = performance.now();
    if (startedAt === undefined) startedAt = printedAt = now;
    if (now - printedAt < PROGRESS_EVERY_MILLISECONDS) return;
    printedAt = now;
    const perSecond = Math.round((items * MILLISECONDS_PER_SECOND) / (now - startedAt));
    printError(
      `  ${groupThousands(String(items))} items ${what}, ${groupThousands(String(perSecond))} a second\n`,
    );
  };
}

/** Makes a file or the names in a folder durable. */
export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
