import { InternalError, UnavailableError } from '@cnop/exception/errors';
import type { ItemKey } from './table-store.ts';

/** Too many writers of the same items at once, or the store asks for less load. Nothing was written. */
export class StoreBusyError extends UnavailableError {
  constructor(cause?: unknown) {
    super('Too many changes at once, please try again.', { cause });
  }
}

/** How long an operator needs at least to free some space. */
const DISK_FULL_RETRY_SECONDS = 10;

/** 503: the disk has less free space than the settings ask for. Nothing was written, and reads go on. */
export class DiskFullError extends UnavailableError {
  constructor() {
    super('The disk is nearly full: nothing can be changed until there is space again. Reading goes on.', {
      retryAfterSeconds: DISK_FULL_RETRY_SECONDS,
    });
  }
}

/** The store cannot be reached or cannot write. The outcome of a write is unknown only if the adapter says so. */
export class StoreUnavailableError extends UnavailableError {
  constructor(cause: unknown) {
    super('The store is not available, please try again.', { cause });
  }
}

/** A `create` met an existing item that was not among the reads: ids collided. */
export class ItemExistsError extends InternalError {
  constructor(key: ItemKey) {
    super(new Error(`item exists: ${key.table} ${key.pk} ${key.sk}`));
  }
}

/** The caller broke the rules of `TableStore`, such as replacing an item that it did not read. */
export class StoreUsageError extends InternalError {
  constructor(message: string) {
    super(new Error(message));
  }
}
