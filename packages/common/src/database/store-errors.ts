import { InternalError, UnavailableError } from '@cnop/exception/errors';
import type { ItemKey } from './table-store.ts';

/** 503: too many concurrent writers of the same items, or the store throttles. Nothing was written. */
export class StoreBusyError extends UnavailableError {
  constructor(cause?: unknown) {
    super('Too many changes at once, please try again.', { cause });
  }
}

/** The shortest time in which an operator could free some space. */
const DISK_FULL_RETRY_SECONDS = 10;

/** 503: the disk has less free space than the settings require. Nothing was written, and reads still work. */
export class DiskFullError extends UnavailableError {
  constructor() {
    super('The disk is nearly full: nothing can be changed until there is space again. Reading goes on.', {
      retryAfterSeconds: DISK_FULL_RETRY_SECONDS,
    });
  }
}

/** 503: the store is unreachable or cannot write. The outcome of a write is unknown only if the adapter says so. */
export class StoreUnavailableError extends UnavailableError {
  constructor(cause: unknown) {
    super('The store is not available, please try again.', { cause });
  }
}

/** 500: a `create` found an existing item that was not read, so two ids collide. */
export class ItemExistsError extends InternalError {
  constructor(key: ItemKey) {
    super(new Error(`item exists: ${key.table} ${key.pk} ${key.sk}`));
  }
}

/** 500: the caller broke a rule of `TableStore`, for example by replacing an item that it did not read. */
export class StoreUsageError extends InternalError {
  constructor(message: string) {
    super(new Error(message));
  }
}

/** The store cannot be used at the start of a process; the message names cause, endpoint and remedy for the operator. */
export class StoreStartError extends Error {
  override readonly name = 'StoreStartError';
}
