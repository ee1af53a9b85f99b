import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ServerTime } from '@cnop/common/core/clock';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import { DYNAMODB_SERVER_AWS } from '@cnop/testing/dynamodb-server';
import { expect, onTestFinished, test } from 'vitest';

const PING_KEY = { table: 'users', pk: 'PING', sk: 'PING' } as const;
const NOON = '2026-03-03T12:00:00.000Z';

/** Starts a server that gives every request the same answer, at noon by its own clock. */
async function startServer(status: number, body: object): Promise<string> {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      date: new Date(NOON).toUTCString(),
    });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test.each([
  ['an answer', 200, {}],
  ['an error', 400, { __type: 'com.amazonaws.dynamodb#ValidationException', message: 'planted' }],
])('%s reports the time of the server, once a second', async (_case, status, body) => {
  const times: ServerTime[] = [];
  const store = createDynamoDbTableStore({
    aws: { ...DYNAMODB_SERVER_AWS, endpoint: await startServer(status, body) },
    onServerTime: (time) => times.push(time),
  });
  onTestFinished(() => store.close());
  await Promise.all([1, 2, 3].map(async () => store.get(PING_KEY).catch(() => undefined)));
  expect(times).toHaveLength(1);
  expect(times[0]).toMatchObject({ serverMilliseconds: Date.parse(NOON), stepMilliseconds: 1_000 });
});
