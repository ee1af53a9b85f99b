/** The largest share of retries, since retries make an overload worse. */
const RETRIES_PER_REQUEST = 0.1;
/** Enough for the requests in flight at an instance that dies. */
const MAX_SAVED_RETRIES = 100;
/** Lets a gateway retry that has just started or has little traffic. */
const INITIAL_RETRIES = 10;

/** A budget of retries that requests earn. */
export interface RetryBudget {
  /** Adds the share of a retry that a request earns. */
  earn(): void;
  /** Takes one retry; returns false when none is left. */
  spend(): boolean;
  /** The number of retries that were refused. */
  readonly refused: number;
}

/** Creates a budget of one retry for ten requests, which saves at most 100 and starts with 10. */
export function createRetryBudget(): RetryBudget {
  let saved = INITIAL_RETRIES;
  let refused = 0;
  return {
    earn() {
      saved = Math.min(saved + RETRIES_PER_REQUEST, MAX_SAVED_RETRIES);
    },
    spend() {
      if (saved < 1) {
        refused++;
        return false;
      }
      saved -= 1;
      return true;
    },
    get refused() {
      return refused;
    },
  };
}
