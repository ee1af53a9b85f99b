import { ProblemError } from '@cnop/exception/problem-error';
import { SigningKeyFileError } from '../auth/signing-key-file.ts';
import { ConfigError } from '../config/read-config.ts';
import { StoreStartError } from '../database/store-errors.ts';

/** What to do about errors of the operating system at a start, by their code. */
const REMEDIES: Readonly<Record<string, string>> = {
  EADDRINUSE:
    'Another program uses this port. Stop it, or set another port: PORT, or METRICS_PORT for the metrics.',
  EADDRNOTAVAIL: 'HOST is no address of this machine. Set HOST to one, or to 0.0.0.0 for all.',
  EACCES: 'Give the user of the process access, or set another PORT (1024 or higher) or DATA_DIR.',
  EPERM: 'Give the user of the process access, or set another DATA_DIR.',
  EROFS: 'The file system is read-only. Set DATA_DIR to a folder that can be written to.',
  ENOSPC: 'The disk is full. Free some space, or set DATA_DIR to a folder on another disk.',
  ENOTDIR: 'A part of the path is not a folder. Set another DATA_DIR.',
};

/**
 * Returns what a failed process or command has to tell its operator: cause and remedy in a line. Only an error that is not
 * expected has a stack.
 */
export function explainFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error instanceof ConfigError || error instanceof StoreStartError) return error.message;
  if (error instanceof SigningKeyFileError) return error.message;
  if (error instanceof ProblemError) return withCause(error);
  const remedy = 'code' in error ? REMEDIES[String(error.code)] : undefined;
  return remedy === undefined ? (error.stack ?? error.message) : `${error.message}. ${remedy}`;
}

/** The message of a problem is for clients; its cause is for the operator. */
function withCause({ message, cause }: ProblemError): string {
  return cause instanceof Error ? `${message} (${cause.message})` : message;
}
