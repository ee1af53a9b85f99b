import { randomUUID } from 'node:crypto';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { StoreStartError } from '@cnop/common/database/store-errors';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import type { DynamoDbServer } from '@cnop/testing/dynamodb-server';
import { DYNAMODB_SERVER_AWS, startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import type { FaultyProxy, ProxiedAnswer, ProxiedRequest } from '@cnop/testing/faulty-proxy';
import { startFaultyProxy } from '@cnop/testing/faulty-proxy';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DynamoDbFixture } from './dynamodb-fixture.ts';
import { createFixture, TEST_TIMEOUT_MILLISECONDS } from './dynamodb-fixture.ts';

const REFUSED_ENDPOINT = 'http://127.0.0.1:2';
/** What a role for the work of a service lacks, when the operator creates the tables. */
const ADMINISTRATION = ['DescribeTable', 'CreateTable', 'DescribeTimeToLive', 'UpdateTimeToLive'];

function refusal(name: string, message: string): ProxiedAnswer {
  return { status: 400, body: JSON.stringify({ __type: `com.amazon.coral.service#${name}`, message }) };
}

const start = (aws: Partial<AwsOptions>, tableNamePrefix = 'test-') =>
  createDynamoDbTables({ aws: { ...DYNAMODB_SERVER_AWS, ...aws }, tableNamePrefix });

/** Returns the message of a start that fails as expected. */
async function messageOf(starting: Promise<void>): Promise<string> {
  const error: unknown = await starting.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(StoreStartError);
  const { message } = error as StoreStartError;
  expect(message).not.toContain('\n');
  return message;
}

const reason = whyNoDynamoDb();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

describe.skipIf(reason !== undefined)('a start', { timeout: TEST_TIMEOUT_MILLISECONDS }, () => {
  let server: DynamoDbServer;
  let proxy: FaultyProxy;
  let fixture: DynamoDbFixture;
  beforeAll(async () => {
    server = await startDynamoDbServer();
    proxy = await startFaultyProxy(server.endpoint);
    fixture = await createFixture(server);
  });
  afterEach(() => {
    proxy.decideFate(undefined);
    proxy.seen.length = 0;
  });
  afterAll(async () => {
    await fixture.close();
    await proxy.close();
    await server.stop();
  });

  /** Answers that the credentials have no right to the requests that match. */
  function deny(matches: (request: ProxiedRequest) => boolean): void {
    proxy.decideFate(async (request) => {
      if (!matches(request)) return request.forward();
      return refusal('AccessDeniedException', `not authorized to perform: dynamodb:${request.operation}`);
    });
  }

  it.each(ADMINISTRATION)('needs no right to %s where the tables exist', async (operation) => {
    deny((request) => request.operation === operation);
    await expect(start({ endpoint: proxy.endpoint }, fixture.tableNamePrefix)).resolves.toBeUndefined();
  });

  it('needs no right to all of these, nor to the tables of other services', async () => {
    deny(({ operation, body }) => {
      const isOther = body['TableName'] !== `${fixture.tableNamePrefix}orders`;
      return ADMINISTRATION.includes(operation) || isOther;
    });
    await expect(start({ endpoint: proxy.endpoint }, fixture.tableNamePrefix)).resolves.toBeUndefined();
    expect(proxy.seen.filter(({ operation }) => operation === 'GetItem')).toHaveLength(TABLE_NAMES.length);
  });

  it.each([
    ['may not be created', ['CreateTable']],
    ['may not be described either', ADMINISTRATION],
  ])('names a missing table that %s, and the settings that choose it', async (_name, denied) => {
    deny(({ operation }) => denied.includes(operation));
    const prefix = `test-${randomUUID()}-`;
    const message = await messageOf(start({ endpoint: proxy.endpoint }, prefix));
    expect(message).toContain(`DynamoDB at ${proxy.endpoint} has no table ${prefix}`);
    expect(message).toContain('DYNAMODB_TABLE_PREFIX');
  });

  it('names a right that the credentials lack', async () => {
    deny(() => true);
    const message = await messageOf(start({ endpoint: proxy.endpoint }, fixture.tableNamePrefix));
    expect(message).toContain(
      `DynamoDB at ${proxy.endpoint} denies access (AccessDeniedException: not authorized to perform: dynamodb:`,
    );
    expect(message).toContain('Add the right');
  });

  it('names credentials that are not accepted', async () => {
    proxy.decideFate(async () => refusal('UnrecognizedClientException', 'The security token is invalid.'));
    const message = await messageOf(start({ endpoint: proxy.endpoint }));
    expect(message).toContain(
      'does not accept the credentials (UnrecognizedClientException: The security token',
    );
  });
});

describe('a start without a server', { timeout: TEST_TIMEOUT_MILLISECONDS }, () => {
  it('names the endpoint that refuses connections', async () => {
    expect(await messageOf(start({ endpoint: REFUSED_ENDPOINT }))).toBe(
      `DynamoDB at ${REFUSED_ENDPOINT} refuses connections (ECONNREFUSED). Start the server or correct DYNAMODB_ENDPOINT.`,
    );
  });

  it('names the endpoint whose host is not known', async () => {
    const message = await messageOf(start({ endpoint: 'http://nowhere.invalid:8000' }));
    expect(message).toMatch(/^DynamoDB at http:\/\/nowhere\.invalid:8000 has a host name that /);
  });

  it('asks for credentials where there are none', async () => {
    for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE']) vi.stubEnv(name, undefined);
    for (const name of ['AWS_CONFIG_FILE', 'AWS_SHARED_CREDENTIALS_FILE']) vi.stubEnv(name, '/dev/null');
    vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    const starting = createDynamoDbTables({ aws: { region: 'eu-central-1' }, tableNamePrefix: 'test-' });
    const message = await messageOf(starting);
    expect(message).toContain('DynamoDB in eu-central-1 needs credentials, and none were found.');
    expect(message).toContain('AWS_ACCESS_KEY_ID');
  });
});
