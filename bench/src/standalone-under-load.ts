import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { storeSettings } from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { openStore } from '@cnop/common/database/open-store';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import type { ServerProcess } from './server-process.ts';
import { startServer } from './server-process.ts';

const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const PASSWORD = 'Many-orders-a-second-1';
const DEPOSIT_USD = '1000000';

/** The request headers of a signed-in user. */
export interface Trader {
  readonly authorization: string;
}

/** A running platform and its users. */
export interface StandaloneUnderLoad {
  readonly server: ServerProcess;
  /** Signs up users with cash, and signs them in. */
  traders(count: number): Promise<Trader[]>;
  /** Signs the administrator of the first start in. */
  administrator(): Promise<Trader>;
  /** Stops the server and audits its store; returns the numbers of violations and orders. */
  stopAndVerify(): Promise<{ readonly violations: number; readonly orders: number }>;
}

/** Starts the platform in one process, as `npm start` does, with a new store and without rate limits. */
export async function startStandaloneUnderLoad({
  core,
  environment = {},
}: {
  readonly core: number | undefined;
  readonly environment?: Readonly<Record<string, string>>;
}): Promise<StandaloneUnderLoad> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cnop-bench-'));
  const server = await startServer({
    nodeArguments: await startArguments(),
    workingFolder: PROJECT,
    core,
    readyPath: '/health/ready',
    environment: {
      DATA_DIR: dataDir,
      BCRYPT_COST: '4',
      RATE_LIMIT_AUTH: '0',
      RATE_LIMIT_ORDERS: '0',
      RATE_LIMIT_READS: '0',
      ADMIN_PASSWORD: PASSWORD,
      ...environment,
    },
  });
  return {
    server,
    async traders(count) {
      const traders: Trader[] = [];
      for (let i = 0; i < count; i++) traders.push(await signUp(server.url, `bench${i}`));
      return traders;
    },
    administrator: () => signIn(server.url, 'admin'),
    async stopAndVerify() {
      await server.stop();
      const store = await openStore(storeSettings.parse({ DATA_DIR: dataDir }), systemClock, {
        readOnly: true,
      });
      const report = await verifyStore(store);
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
      return { violations: report.violation_count, orders: report.counts.orders };
    },
  };
}

async function signUp(url: string, username: string): Promise<Trader> {
  const person = { username, email: `${username}@example.com`, first_name: 'Bench', last_name: 'Trader' };
  await post(url, '/auth/register', { ...person, password: PASSWORD });
  const trader = await signIn(url, username);
  await post(url, '/balance/deposit', { amount: DEPOSIT_USD }, { ...trader });
  return trader;
}

async function signIn(url: string, username: string): Promise<Trader> {
  const answer = await post(url, '/auth/login', { username, password: PASSWORD });
  return { authorization: `Bearer ${(answer as { access_token: string }).access_token}` };
}

async function post(
  url: string,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<unknown> {
  const response = await fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Returns the arguments that `npm start` passes to Node, flags included. */
async function startArguments(): Promise<string[]> {
  const manifest = await readFile(join(PROJECT, 'package.json'), 'utf8');
  const { scripts } = JSON.parse(manifest) as { readonly scripts: { readonly start: string } };
  const [command = ''] = scripts.start.split(' && ').slice(-1);
  const [node, ...args] = command.split(' ');
  if (node !== 'node') throw new Error(`the start script does not end in a call of node: ${command}`);
  return args;
}
