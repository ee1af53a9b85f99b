/** The largest share of retries, since retries make an overload worse. */
const RETRIES_PER_REQUEST = 0.1;
/** Bounds the retries saved in quiet times. */
const MAX_SAVED_RETRIES = 10;

/** A budget of retries that requests earn. */
export interface RetryBudget {
  /** Adds the share of a retry that a request earns. */
  earn(): void;
  /** Takes one retry; returns false when none is left. */
  spend(): boolean;
}

/** Creates an empty retry budget. */
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
