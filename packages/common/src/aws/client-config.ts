import type { DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import type { AwsOptions, AwsRole } from './aws-options.ts';
import { DEFAULT_MAX_ATTEMPTS, DEFAULT_ROLE_DURATION_SECONDS, requestHandlerOptions } from './aws-options.ts';

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

type CredentialProvider = Extract<
  NonNullable<DynamoDBClientConfig['credentials']>,
  (...args: never) => unknown
>;

/**
 * Returns a provider of the credentials of a role, from the AWS Security Token Service. The SDK renews them before they
 * expire.
 * @param options how to reach STS, and the keys that may assume the role; its `role` is ignored
 */
function roleCredentials(role: AwsRole, options: AwsOptions): CredentialProvider {
  let provider: Promise<CredentialProvider> | undefined;
  return async (identity) => {
    provider ??= createProvider(role, options);
    const provide = await provider;
    return provide(identity);
  };
}

async function createProvider(role: AwsRole, options: AwsOptions): Promise<CredentialProvider> {
  // Loaded at first use: the package includes every way to get credentials.
  const { fromTemporaryCredentials } = await import('@aws-sdk/credential-providers');
  return fromTemporaryCredentials({
    ...(options.keys && { masterCredentials: options.keys }),
    params: {
      RoleArn: role.roleArn,
      RoleSessionName: role.sessionName,
      DurationSeconds: role.durationSeconds ?? DEFAULT_ROLE_DURATION_SECONDS,
      ...(role.externalId !== undefined && { ExternalId: role.externalId }),
    },
    clientConfig: {
      region: options.region,
      ...(role.stsEndpoint !== undefined && { endpoint: role.stsEndpoint }),
      maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      requestHandler: requestHandlerOptions(options),
    },
  });
}
