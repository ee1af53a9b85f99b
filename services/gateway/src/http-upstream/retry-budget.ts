/** Retries are at most this share of requests: when much fails, retrying makes it worse. */
const RETRIES_PER_REQUEST = 0.1;
/** A quiet hour must not save up for a storm. */
const MAX_SAVED_RETRIES = 10;

export interface RetryBudget {
  /** Every request earns a part of a retry. */
  earn(): void;
  /** Takes a whole retry, when one was earned. */
  spend(): boolean;
}

export function createRetryBudget(): RetryBudget {
  let saved = 0;
  return {
    earn() {
      saved = Math.min(saved + RETRIES_PER_REQUEST, MAX_SAVED_RETRIES);
    },
    spend() {
      if (saved < 1) return false;
      saved -= 1;
      return true;
    },
  };
}
