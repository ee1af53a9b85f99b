import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { AwsOptions } from './aws-options.ts';
import { DEFAULT_MAX_ATTEMPTS } from './aws-options.ts';
import { requestHandlerOptions } from './request-handler.ts';
import { roleCredentials } from './role-credentials.ts';

/** The part of a client's configuration that all clients of AWS share. */
export type AwsClientConfig = Pick<
  DynamoDBClientConfig,
  'region' | 'endpoint' | 'credentials' | 'maxAttempts' | 'requestHandler'
>;

/** Converts our options into the configuration of an SDK client, with all timeouts set. */
export function awsClientConfig(options: AwsOptions): AwsClientConfig {
  const { region, endpoint, keys, role } = options;
  const credentials = role ? roleCredentials(role, options) : keys;
  return {
    region,
    ...(endpoint !== undefined && { endpoint }),
    ...(credentials && { credentials }),
    maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
    requestHandler: requestHandlerOptions(options),
  };
}
