import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { listenOnAnyPort } from './system/free-port.ts';

/** The application that a client of AWS names, from AWS_SDK_UA_APP_ID. */
const APPLICATION = /\bapp\/(?<name>[\w-]+)/;

/** A right that a request needs, such as `Query` on the index `EmailIndex` of a table. */
export interface UsedRight {
  /** The application that sent the request; empty when it names none. */
  readonly application: string;
  readonly action: string;
  readonly table: string;
  readonly index?: string;
}

/** A proxy in front of a server that speaks the protocol of DynamoDB. */
export interface DynamoDbRecorder {
  readonly endpoint: string;
  /** Returns each right that was used so far, once. */
  usedRights(): readonly UsedRight[];
  close(): Promise<void>;
}

/** The parts of a request that name tables. */
const bodySchema = z.object({
  TableName: z.string().default(''),
  IndexName: z.string().optional(),
  RequestItems: z.record(z.string(), z.unknown()).optional(),
  TransactItems: z.array(z.record(z.string(), z.object({ TableName: z.string() }))).optional(),
});

/** The actions that IAM checks for the parts of a transaction. */
const ACTIONS_OF_PARTS: Readonly<Record<string, string>> = {
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

/** Starts a proxy that forwards every request and records which rights it needs. */
export async function startDynamoDbRecorder(target: string): Promise<DynamoDbRecorder> {
  const used = new Map<string, UsedRight>();
  const agent = new Agent({ keepAlive: true });
  const server = createServer((request, response) => {
    const forward = async () => {
      const body = await buffer(request);
      for (const right of rightsOf(request, body)) used.set(JSON.stringify(right), right);
      const { method, headers } = request;
      sendRequest(target, { agent, method, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      })
        .once('error', () => response.destroy())
        .end(body);
    };
    forward().catch(() => response.destroy());
  });
  const endpoint = await listenOnAnyPort(server);
  return {
    endpoint,
    usedRights: () => [...used.values()],
    async close() {
      server.closeAllConnections();
      agent.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function rightsOf(request: IncomingMessage, body: Buffer): UsedRight[] {
  const application = APPLICATION.exec(String(request.headers['user-agent']))?.groups?.['name'] ?? '';
  const operation = String(request.headers['x-amz-target']).split('.')[1] ?? '';
  const { TableName, IndexName, RequestItems, TransactItems } = bodySchema.parse(JSON.parse(body.toString()));
  if (TransactItems) {
    return TransactItems.flatMap((part) =>
      Object.entries(part).map(([kind, { TableName: table }]) => ({
        application,
        action: ACTIONS_OF_PARTS[kind] ?? kind,
        table,
      })),
    );
  }
  if (RequestItems)
    return Object.keys(RequestItems).map((table) => ({ application, action: operation, table }));
  const right = { application, action: operation, table: TableName };
  return [IndexName === undefined ? right : { ...right, index: IndexName }];
}
