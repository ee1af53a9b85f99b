import type { Logger } from 'pino';
import type { OpenStoreOptions, StoreDisk } from './table-store.ts';

/** Returns the options with which a store logs that its disk is nearly full, and that there is space again. */
export function reportDisk(logger: Pick<Logger, 'error' | 'info'>): Pick<OpenStoreOptions, 'onDiskChange'> {
  return {
    onDiskChange({ freeBytes, minFreeBytes, isFull }: StoreDisk) {
      const figures = { free_bytes: freeBytes, min_free_bytes: minFreeBytes };
      if (isFull) logger.error(figures, 'the disk is nearly full: writes are refused until space is freed');
      else logger.info(figures, 'the disk has space again: writes are accepted');
    },
  };
}
