import type { AwsOptions } from '../../aws/aws-options.ts';
import type { ServerTime } from '../../core/clock.ts';
import type { IndexName, TableName } from '../tables.ts';

/** The account and the tables. */
export interface DynamoDbOptions {
  readonly aws: AwsOptions;
  /** The prefix of all table names, so that several systems can share an account. */
  readonly tableNamePrefix?: string;
}

/** Over how many shards an index is spread. */
export interface ShardCounts {
  /** The shards that entries are written to. */
  readonly written: number;
  /** The shards that are read: at least as many as any process writes to, or has written to. */
  readonly read: number;
}

/** The indexes that are spread over shards; another one has a single shard. */
export type IndexShards = Readonly<Partial<Record<IndexName, ShardCounts>>>;

/** The options of a table store on DynamoDB. */
export interface DynamoDbTableStoreOptions extends DynamoDbOptions {
  readonly retry?: Partial<RetryOptions>;
  /** Indexes over several partitions each, for loads that exceed what one partition takes. */
  readonly shards?: IndexShards;
  /** Called with the cost of each request; DynamoDB reports it for free. */
  readonly onConsumedCapacity?: CapacityListener;
  /** Called about once a second with the time of the server, by its responses. */
  readonly onServerTime?: ((time: ServerTime) => void) | undefined;
}

/** The cost of one request to DynamoDB, in capacity units. */
export interface CapacityUsage {
  readonly operation: string;
  /** The units of each table with its indexes: read units of a request that reads, else write units. */
  readonly unitsByTable: ReadonlyMap<TableName, number>;
  readonly readUnits: number;
  readonly writeUnits: number;
}

export type CapacityListener = (usage: CapacityUsage) => void;

/** The retries of a call of the store. */
export interface RetryOptions {
  /** The number of times that a transaction is decided and committed because of conflicts or throttling. */
  readonly maxAttempts: number;
  readonly baseDelayMilliseconds: number;
  readonly maxDelayMilliseconds: number;
  /** The time for one call of the store, including retries and pauses. */
  readonly deadlineMilliseconds: number;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** Well below the 29 s timeout of load balancers, and well above the time of twelve attempts. */
export const DEFAULT_DEADLINE_MILLISECONDS = 10_000;
export const DEFAULT_MAX_TRANSACT_ATTEMPTS = 12;
/** About the round trip of a transaction. */
export const DEFAULT_BASE_DELAY_MILLISECONDS = 20;
export const DEFAULT_MAX_DELAY_MILLISECONDS = 500;

/** The number of times that BatchGetItem may return unprocessed keys. */
export const MAX_BATCH_ROUNDS = 10;
/** The number of times that a commit with an unknown outcome is sent, each with the attempts of the SDK. */
export const MAX_COMMIT_SENDS = 2;
