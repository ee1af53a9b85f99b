import type { AwsOptions } from '../../aws/aws-options.ts';

export interface DynamoDbOptions {
  readonly aws: AwsOptions;
  /** Put in front of every table's name, so that several systems share an account. */
  readonly tableNamePrefix?: string;
}

export interface DynamoDbTableStoreOptions extends DynamoDbOptions {
  readonly retry?: Partial<RetryOptions>;
  /** Called with what each request cost; asking for the figures is free. */
  readonly onConsumedCapacity?: CapacityListener;
}

/** What one request to DynamoDB cost. */
export interface CapacityUsage {
  readonly operation: string;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export type CapacityListener = (usage: CapacityUsage) => void;

export interface RetryOptions {
  /** How often a transaction is decided and committed anew because of conflicts or throttling. */
  readonly maxAttempts: number;
  readonly baseDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
  /** For one call of the store, retries and pauses included. */
  readonly deadlineMilliseconds: number;
  /** 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Far below the 29 s after which load balancers give up; far above what twelve attempts need. */
export const DEFAULT_DEADLINE_MILLISECONDS = 10_000;
export const DEFAULT_MAX_TRANSACT_ATTEMPTS = 12;
/** About one round trip with a transaction. */
export const DEFAULT_BASE_DELAY_MILLISECONDS = 20;
export const DEFAULT_MAX_DELAY_MILLISECONDS = 500;

/** DynamoDB's limit for one BatchGetItem is the port's; this is how often it may hand keys back unprocessed. */
export const MAX_BATCH_ROUNDS = 10;
/** Times that a commit with an unknown outcome is sent, each with the SDK's own attempts inside. */
export const MAX_COMMIT_SENDS = 2;
