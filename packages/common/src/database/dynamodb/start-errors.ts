import { ResourceNotFoundException } from '@aws-sdk/client-dynamodb';
import { StoreStartError } from '../store-errors.ts';
import { NO_CREDENTIALS_NAME, translateError } from './errors.ts';
import type { DynamoDbOptions } from './options.ts';

const DENIED_NAME = 'AccessDeniedException';
/** The error of STS, when a role may not be assumed. */
const ROLE_DENIED_NAME = 'AccessDenied';
const WRONG_CREDENTIALS_NAMES: ReadonlySet<string> = new Set([
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignatureException',
  'MissingAuthenticationTokenException',
  'InvalidClientTokenId',
  'ExpiredTokenException',
  'ExpiredToken',
]);
/** What a failed connection means, by the code of the operating system. */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'breaks connections',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ENOTFOUND: 'has a host name that is not known',
  EAI_AGAIN: 'has a host name that cannot be resolved now',
  ETIMEDOUT: 'does not answer',
};
const TIMEOUT_NAME = 'TimeoutError';
const RIGHTS_PAGE = 'docs/operating/many-machines.md';

/** Returns whether the credentials lack the right to an operation. */
export function isDenied(error: unknown): boolean {
  return error instanceof Error && error.name === DENIED_NAME;
}

/** Returns the error for a table that does not exist and may not be created. */
export function missingTable(options: DynamoDbOptions, tableName: string): StoreStartError {
  return new StoreStartError(
    `${placeOf(options)} has no table ${tableName}, and the credentials may not create it. ` +
      `Correct DYNAMODB_TABLE_PREFIX or AWS_REGION, or start once with the rights to create tables (${RIGHTS_PAGE}).`,
  );
}

const CHECK_ENDPOINT = 'Start the server or correct DYNAMODB_ENDPOINT.';
const CHECK_NETWORK = 'Check the network and AWS_REGION.';
const CHECK_KEYS = 'Check the keys, the region and the clock of this machine.';
const CHECK_ROLE = 'Let the credentials assume it, and check DYNAMODB_ROLE_EXTERNAL_ID.';
const CHECK_TABLES = 'Correct DYNAMODB_TABLE_PREFIX or AWS_REGION.';
const GIVE_CREDENTIALS =
  'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role; for a local server set DYNAMODB_ENDPOINT.';

function placeOf({ aws: { endpoint, region } }: DynamoDbOptions): string {
  return endpoint === undefined ? `DynamoDB in ${region}` : `DynamoDB at ${endpoint}`;
}

/**
 * Converts the error of a start into one whose message names cause, endpoint and remedy in a line. Any other error becomes
 * one of the store.
 */
export function explainStart(error: unknown, options: DynamoDbOptions): Error {
  if (error instanceof StoreStartError) return error;
  const explained = error instanceof Error ? causeAndRemedy(error, options) : undefined;
  if (!explained) return translateError(error);
  const [cause, remedy] = explained;
  return new StoreStartError(`${placeOf(options)} ${cause}. ${remedy}`);
}

function causeAndRemedy(
  error: Error,
  { aws }: DynamoDbOptions,
): readonly [cause: string, remedy: string] | undefined {
  const { name } = error;
  const text = `${name}: ${error.message.replaceAll(/\s+/g, ' ')}`;
  const code = 'code' in error ? String(error.code) : '';
  const network = NETWORK_CODES[code];
  if (network !== undefined) return [`${network} (${code})`, aws.endpoint ? CHECK_ENDPOINT : CHECK_NETWORK];
  if (name === TIMEOUT_NAME)
    return ['does not answer in time', aws.endpoint ? CHECK_ENDPOINT : CHECK_NETWORK];
  if (name === NO_CREDENTIALS_NAME) return ['needs credentials, and none were found', GIVE_CREDENTIALS];
  if (name === DENIED_NAME) return [`denies access (${text})`, `Add the right: ${RIGHTS_PAGE} lists all.`];
  if (name === ROLE_DENIED_NAME && aws.role) {
    return [`cannot be used as the role ${aws.role.roleArn} (${text})`, CHECK_ROLE];
  }
  if (WRONG_CREDENTIALS_NAMES.has(name)) return [`does not accept the credentials (${text})`, CHECK_KEYS];
  if (error instanceof ResourceNotFoundException) return [`has no such table (${text})`, CHECK_TABLES];
  return undefined;
}
