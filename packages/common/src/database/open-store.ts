import { join } from 'node:path';
import type { AwsOptions } from '../aws/aws-options.ts';
import type { StoreSettings } from '../config/settings.ts';
import { isLoopback } from '../config/settings.ts';
import type { Clock } from '../core/clock.ts';
import { readSchemaVersion, refuseNewerSchema } from './schema-version.ts';
import type { OpenStoreOptions, TableStore } from './table-store.ts';

const BYTES_PER_MEGABYTE = 1_024 * 1_024;
const ROLE_SESSION_NAME = 'cnop';
/** A server on a developer's machine requires keys and accepts any. */
const LOCAL_KEYS = { accessKeyId: 'local', secretAccessKey: 'local' };

/** Returns the folder of the embedded store. */
export function storeFolder(settings: Pick<StoreSettings, 'DATA_DIR'>): string {
  return join(settings.DATA_DIR, 'store');
}

/**
 * Opens the store of the settings, and creates missing tables unless it is opened read-only. Only the chosen adapter is
 * loaded: the embedded store needs no AWS SDK, and DynamoDB needs no native module.
 * @throws StoreStartError that names cause and remedy, when DynamoDB cannot be used
 * @throws StoreUsageError (500) when a table of DynamoDB lacks an index
 * @throws ConfigError when only a later version of the platform understands the data
 * @throws Error when the embedded store is already open in this process or has an unknown format
 * @see docs/operating/backup-and-migration.md
 */
export async function openStore(
  settings: StoreSettings & { readonly NODE_ENV?: string },
  clock: Clock,
  options: OpenStoreOptions = {},
): Promise<TableStore> {
  const store = await openAnyStore(settings, clock, options);
  try {
    refuseNewerSchema(await readSchemaVersion(store));
    return store;
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function openAnyStore(
  settings: StoreSettings & { readonly NODE_ENV?: string },
  clock: Clock,
  {
    readOnly = false,
    isShared,
    onDiskChange,
    onSweepFailure,
    onUnprotected,
    onServerTime,
    onOutdated,
  }: OpenStoreOptions,
): Promise<TableStore> {
  if (settings.STORE === 'lmdb') {
    const { createLmdbTableStore } = await import('./lmdb/lmdb-table-store.ts');
    return createLmdbTableStore({
      path: storeFolder(settings),
      clock,
      readOnly,
      isShared,
      minFreeBytes: settings.MIN_FREE_DISK_MEGABYTES * BYTES_PER_MEGABYTE,
      onDiskChange,
      onSweepFailure,
    });
  }
  const [{ createDynamoDbTableStore }, { createDynamoDbTables }, { fenceOutdated }] = await Promise.all([
    import('./dynamodb/dynamodb-table-store.ts'),
    import('./dynamodb/create-tables.ts'),
    import('./schema-fence.ts'),
  ]);
  const options = { aws: awsOptionsOf(settings), tableNamePrefix: settings.DYNAMODB_TABLE_PREFIX };
  if (!readOnly) {
    const isProtected = (settings.DYNAMODB_PROTECTION ?? defaultProtection(settings)) === 'on';
    await createDynamoDbTables({ ...options, isProtected, onUnprotected });
  }
  const shards = {
    TriggerIndex: settings.TRIGGER_INDEX_SHARDS,
    AuditByDayIndex: settings.AUDIT_INDEX_SHARDS,
  };
  const store = createDynamoDbTableStore({ ...options, shards, onServerTime });
  return readOnly ? store : fenceOutdated(store, { ...(onOutdated && { onOutdated }) });
}

function defaultProtection({ NODE_ENV }: { readonly NODE_ENV?: string }): 'on' | 'off' {
  return NODE_ENV === 'production' ? 'on' : 'off';
}

/** Returns the options of the AWS clients of the settings. */
export function awsOptionsOf(settings: StoreSettings): AwsOptions {
  const { AWS_REGION, DYNAMODB_ENDPOINT, DYNAMODB_ROLE_ARN, DYNAMODB_ROLE_EXTERNAL_ID } = settings;
  return {
    region: AWS_REGION,
    ...(DYNAMODB_ENDPOINT && { endpoint: DYNAMODB_ENDPOINT.href }),
    ...(needsLocalKeys(settings) && { keys: LOCAL_KEYS }),
    ...(DYNAMODB_ROLE_ARN && {
      role: {
        roleArn: DYNAMODB_ROLE_ARN,
        sessionName: ROLE_SESSION_NAME,
        ...(DYNAMODB_ROLE_EXTERNAL_ID && { externalId: DYNAMODB_ROLE_EXTERNAL_ID }),
      },
    }),
  };
}

/**
 * Returns whether the endpoint is a server on this machine, or one that is not AWS and for which no credentials are given.
 */
function needsLocalKeys({ DYNAMODB_ENDPOINT, AWS_ACCESS_KEY_ID, AWS_PROFILE }: StoreSettings): boolean {
  if (!DYNAMODB_ENDPOINT) return false;
  const { hostname, protocol } = DYNAMODB_ENDPOINT;
  if (isLoopback(hostname)) return true;
  const isAws = protocol === 'https:' || hostname.endsWith('.amazonaws.com');
  return !isAws && AWS_ACCESS_KEY_ID === undefined && AWS_PROFILE === undefined;
}
