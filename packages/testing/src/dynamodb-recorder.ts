import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { Agent, createServer, request as sendRequest } from 'node:http';
import { buffer } from 'node:stream/consumers';

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
interface RequestBody {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Readonly<Record<string, unknown>>;
  readonly TransactItems?: readonly Readonly<Record<string, { readonly TableName: string }>>[];
}

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
      const forwarded = sendRequest(target, { agent, method: request.method, headers: request.headers });
      forwarded.end(body);
      const [answer] = await once(forwarded, 'response');
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    };
    forward().catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no address');
  return {
    endpoint: `http://127.0.0.1:${address.port}`,
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
  const { TableName, IndexName, RequestItems, TransactItems }: RequestBody = JSON.parse(body.toString());
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
  const right = { application, action: operation, table: TableName ?? '' };
  return [IndexName === undefined ? right : { ...right, index: IndexName }];
}
