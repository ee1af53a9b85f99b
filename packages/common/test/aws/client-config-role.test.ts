import { once } from 'node:events';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import { StoreUnavailableError } from '@cnop/common/database/store-errors';
import type { TableStore } from '@cnop/common/database/table-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROLE = {
  roleArn: 'arn:aws:iam::123456789012:role/tables',
  externalId: 'the-secret-of-two',
  sessionName: 'order-service',
  durationSeconds: 900,
};
const KEY = { table: 'users', pk: 'alice', sk: 'USER' } as const;

interface Received {
  readonly authorization: string;
  readonly securityToken: string | undefined;
  readonly body: string;
}

/** A fake server of STS and DynamoDB, for assuming a role and reading an item. */
interface FakeAws {
  readonly endpoint: string;
  readonly assumeRole: Received[];
  readonly dynamoDb: Received[];
  /** The lifetime of the credentials of STS. */
  lifetimeMilliseconds: number;
  refusesRoles: boolean;
  readonly server: Server;
}

async function startFakeAws(): Promise<FakeAws> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const token = request.headers['x-amz-security-token'];
      const received: Received = {
        authorization: request.headers.authorization ?? '',
        securityToken: typeof token === 'string' ? token : undefined,
        body: Buffer.concat(chunks).toString(),
      };
      if (request.headers['x-amz-target'] !== undefined) {
        fake.dynamoDb.push(received);
        response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
        return;
      }
      fake.assumeRole.push(received);
      response.statusCode = fake.refusesRoles ? 403 : 200;
      response.setHeader('content-type', 'text/xml').end(fake.refusesRoles ? REFUSAL : assumedRole(fake));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const fake: FakeAws = {
    endpoint: `http://127.0.0.1:${port}`,
    assumeRole: [],
    dynamoDb: [],
    lifetimeMilliseconds: 3_600_000,
    refusesRoles: false,
    server,
  };
  return fake;
}

function assumedRole({ assumeRole, lifetimeMilliseconds }: FakeAws): string {
  return `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
    <AssumeRoleResult>
      <AssumedRoleUser>
        <AssumedRoleId>AROA:${ROLE.sessionName}</AssumedRoleId>
        <Arn>arn:aws:sts::123456789012:assumed-role/tables/${ROLE.sessionName}</Arn>
      </AssumedRoleUser>
      <Credentials>
        <AccessKeyId>ASIAASSUMED${assumeRole.length}</AccessKeyId>
        <SecretAccessKey>assumed-secret</SecretAccessKey>
        <SessionToken>assumed-token-${assumeRole.length}</SessionToken>
        <Expiration>${new Date(Date.now() + lifetimeMilliseconds).toISOString()}</Expiration>
      </Credentials>
    </AssumeRoleResult>
    <ResponseMetadata><RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId></ResponseMetadata>
  </AssumeRoleResponse>`;
}

const REFUSAL = `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
    <Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not you</Message></Error>
    <RequestId>c6104cbe-af31-11e0-8154-cbc7ccf896c7</RequestId>
  </ErrorResponse>`;

describe('assuming a role of another account', () => {
  let aws: FakeAws;
  const stores: TableStore[] = [];

  beforeEach(async () => {
    aws = await startFakeAws();
  });

  afterEach(async () => {
    await Promise.all(stores.splice(0).map((store) => store.close()));
    aws.server.closeAllConnections();
    aws.server.close();
  });

  const openStore = (options: Partial<AwsOptions> = {}): TableStore => {
    const store = createDynamoDbTableStore({
      aws: {
        region: 'eu-central-1',
        endpoint: aws.endpoint,
        keys: { accessKeyId: 'AKIAOWN', secretAccessKey: 'own-secret' },
        role: { ...ROLE, stsEndpoint: aws.endpoint },
        ...options,
      },
    });
    stores.push(store);
    return store;
  };

  it('requests the role with our keys, its external id, session name and duration', async () => {
    await openStore().get(KEY);
    expect(aws.assumeRole).toHaveLength(1);
    const [request] = aws.assumeRole;
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      Action: 'AssumeRole',
      Version: '2011-06-15',
      RoleArn: ROLE.roleArn,
      ExternalId: ROLE.externalId,
      RoleSessionName: ROLE.sessionName,
      DurationSeconds: String(ROLE.durationSeconds),
    });
    expect(request?.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIAOWN\/\d{8}\/eu-central-1\/sts\//,
    );
  });

  it('signs all later requests with the credentials of the role', async () => {
    await openStore().get(KEY);
    const [request] = aws.dynamoDb;
    expect(aws.dynamoDb).toHaveLength(1);
    expect(request?.authorization).toMatch(/Credential=ASIAASSUMED1\/\d{8}\/eu-central-1\/dynamodb\//);
    expect(request?.securityToken).toBe('assumed-token-1');
    expect(JSON.stringify(aws.dynamoDb)).not.toContain('AKIAOWN');
  });

  it('requests the role once for many requests', async () => {
    const store = openStore();
    await Promise.all(Array.from({ length: 10 }, () => store.get(KEY)));
    await store.get(KEY);
    expect(aws.assumeRole).toHaveLength(1);
    expect(aws.dynamoDb).toHaveLength(11);
  });

  it('renews credentials that are about to expire', async () => {
    aws.lifetimeMilliseconds = 1_000;
    const store = openStore();
    await store.get(KEY);
    const before = aws.assumeRole.length;
    aws.lifetimeMilliseconds = 3_600_000;
    await expect
      .poll(async () => {
        await store.get(KEY);
        return aws.dynamoDb.at(-1)?.securityToken;
      })
      .toBe(`assumed-token-${before + 1}`);
    await store.get(KEY);
    expect(aws.assumeRole).toHaveLength(before + 1);
  });

  it('requests a role without an external id', async () => {
    const { externalId: _, ...role } = ROLE;
    await openStore({ role: { ...role, stsEndpoint: aws.endpoint } }).get(KEY);
    expect(new URLSearchParams(aws.assumeRole[0]?.body).has('ExternalId')).toBe(false);
  });

  it('makes the store unavailable when the role is refused, without a request to the store', async () => {
    aws.refusesRoles = true;
    await expect(openStore().get(KEY)).rejects.toThrow(StoreUnavailableError);
    expect(aws.dynamoDb).toHaveLength(0);
  });

  it('signs with our keys without a role', async () => {
    const store = createDynamoDbTableStore({
      aws: {
        region: 'eu-central-1',
        endpoint: aws.endpoint,
        keys: { accessKeyId: 'AKIAOWN', secretAccessKey: 'own-secret' },
      },
    });
    stores.push(store);
    await store.get(KEY);
    expect(aws.assumeRole).toHaveLength(0);
    expect(aws.dynamoDb[0]?.authorization).toContain('Credential=AKIAOWN/');
  });
});
