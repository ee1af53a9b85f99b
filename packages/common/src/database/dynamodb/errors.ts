import { DynamoDBServiceException, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { ProblemError } from '@cnop/exception/problem-error';
import { StoreBusyError, StoreUnavailableError, StoreUsageError } from '../store-errors.ts';

// Reasons inside a cancelled transaction.
export const CONDITION_FAILED_REASON = 'ConditionalCheckFailed';
export const CONFLICT_REASON = 'TransactionConflict';

/** The names of errors after which nothing was written and a retry may succeed. */
const CONTENTION_NAMES: ReadonlySet<string> = new Set([
  'TransactionConflictException',
  'TransactionInProgressException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
]);
/** The same, as reasons inside a cancelled transaction. */
const CONTENTION_REASONS: ReadonlySet<string> = new Set([
  CONFLICT_REASON,
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
]);

// These errors occur before anything is sent.
export const NO_CREDENTIALS_NAME = 'CredentialsProviderError';
const NO_CONNECTION_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
]);
const FIRST_SERVER_ERROR_STATUS = 500;

/** The deadline of a call has passed; the attempt was not sent. */
export class DeadlineError extends Error {
  constructor() {
    super('the deadline has passed');
    this.name = 'DeadlineError';
  }
}

/** Returns whether the store refused because of another writer or throttling. */
export function isContention(error: unknown): boolean {
  if (error instanceof TransactionCanceledException) {
    return reasonsOf(error).some((reason) => CONTENTION_REASONS.has(reason));
  }
  return error instanceof Error && CONTENTION_NAMES.has(error.name);
}

/** Returns the reason of each operation of a cancelled transaction, in their order. */
function reasonsOf(error: TransactionCanceledException): string[] {
  return (error.CancellationReasons ?? []).map((reason) => reason.Code ?? 'None');
}

/** Returns whether a write may have been executed despite the error: no response, or a server error. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (isContention(error) || error instanceof ProblemError) return false;
  if (wasNeverSent(error)) return false;
  if (!(error instanceof DynamoDBServiceException)) return true;
  return (error.$metadata.httpStatusCode ?? FIRST_SERVER_ERROR_STATUS) >= FIRST_SERVER_ERROR_STATUS;
}

function wasNeverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof DeadlineError) return true;
  return (
    error.name === NO_CREDENTIALS_NAME || ('code' in error && NO_CONNECTION_CODES.has(String(error.code)))
  );
}

/** Converts any error into one that may leave the adapter: errors of the SDK become text in one of our errors. */
export function translateError(error: unknown): Error {
  if (error instanceof ProblemError) return error;
  if (isContention(error)) return new StoreBusyError(describeError(error));
  if (error instanceof DynamoDBServiceException && isOurMistake(error)) {
    return new StoreUsageError(`${error.name}: ${detailOf(error)}`);
  }
  return new StoreUnavailableError(describeError(error));
}

/** Returns the error for a write whose outcome is unknown. */
export function outcomeUnknown(error: unknown): StoreUnavailableError {
  return new StoreUnavailableError(
    new Error('the outcome of a write is unknown', { cause: describeError(error) }),
  );
}

/** Describes an error of the SDK without its objects: name, message, request id and attempts. */
export function describeError(error: unknown): Error {
  if (!(error instanceof DynamoDBServiceException)) {
    const name = error instanceof Error ? error.name : typeof error;
    return new Error(`DynamoDB: ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const { attempts = 1, requestId = 'unknown' } = error.$metadata;
  return new Error(
    `DynamoDB: ${error.name}: ${detailOf(error)} (request ${requestId}, attempts ${attempts})`,
  );
}

/** Returns whether the request itself is invalid, for example an item that is too large; a retry would not help. */
function isOurMistake(error: DynamoDBServiceException): boolean {
  if (error instanceof TransactionCanceledException) return reasonsOf(error).includes('ValidationError');
  return error.name === 'ValidationException' || error.name === 'ItemCollectionSizeLimitExceededException';
}

function detailOf(error: DynamoDBServiceException): string {
  if (!(error instanceof TransactionCanceledException)) return error.message;
  const messages = (error.CancellationReasons ?? []).flatMap((reason) => reason.Message ?? []);
  return [error.message, ...messages].join('; ');
}
