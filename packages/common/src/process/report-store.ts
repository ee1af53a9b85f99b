import type { Logger } from 'pino';
import { DiskFullError } from '../database/store-errors.ts';
import type { OpenStoreOptions, StoreDisk, UnprotectedTable } from '../database/table-store.ts';

/**
 * Returns the options with which a store logs the events that an operator has to know: its disk is nearly full, the disk
 * has space again, expired items cannot be deleted, a new table could not be protected, and this version may no longer
 * write.
 */
export function reportStore(
  logger: Pick<Logger, 'error' | 'info'>,
): Pick<OpenStoreOptions, 'onDiskChange' | 'onSweepFailure' | 'onUnprotected' | 'onOutdated'> {
  return {
    onDiskChange({ freeBytes, minFreeBytes, isFull }: StoreDisk) {
      const figures = { free_bytes: freeBytes, min_free_bytes: minFreeBytes };
      if (isFull) logger.error(figures, 'the disk is nearly full: writes are refused until space is freed');
      else logger.info(figures, 'the disk has space again: writes are accepted');
    },
    onSweepFailure(error) {
      logger.error({ err: error }, 'deleting expired items failed; the store tries again within a minute');
    },
    onOutdated(refusal) {
      logger.error(
        { err: refusal },
        'this instance is too old for the data: it is not ready and writes no more',
      );
    },
    onUnprotected({ table, what, error }: UnprotectedTable) {
      logger.error(
        { err: error, table },
        `the new table has no ${what}: enable it in the AWS console, or see docs/operating/backup-and-migration.md`,
      );
    },
  };
}

/**
 * Logs a failure of background work, except that of a full disk: the store itself logs that, once.
 * @param failure the error as `err`, and what the work was about
 */
export function warnOfFailure(
  log: { warn(failure: object, message: string): void },
  failure: { readonly err: unknown; readonly [fact: string]: unknown },
  message: string,
): void {
  if (!(failure.err instanceof DiskFullError)) log.warn(failure, message);
}
