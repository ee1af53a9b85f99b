import { runNode } from './node-process.ts';
import type { Server } from './servers.ts';
import { ADMIN_PASSWORD, CLI, startServer } from './servers.ts';

/** The secret with which the gateway signs its requests to the services. */
const GATEWAY_SECRET = 'whole-system-test-0123456789abcdef';

type Env = Readonly<Record<string, string>>;

/** The processes of a cluster and their settings. */
export interface ClusterOptions {
  /** The folder of the keys and, with the embedded store, of the data. */
  readonly dataDir: string;
  /** The number of processes of a service; one by default. */
  readonly instances?: { readonly user?: number; readonly order?: number };
  /** The settings of every process, such as those of another store. */
  readonly env?: Env;
  /** Additional settings of the gateway. */
  readonly gatewayEnv?: Env;
}

/** Gateway and services as separate processes over one store. */
export interface Cluster {
  /** The address of the gateway. */
  readonly url: string;
  readonly users: readonly Server[];
  readonly orders: readonly Server[];
  readonly inventory: Server;
  /** Sends SIGTERM to every process; resolves with their exit codes. */
  stop(): Promise<readonly (number | null)[]>;
  kill(): Promise<void>;
}

/** Starts a cluster on a store with the catalogue and the administrator `admin`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, instances = {}, gatewayEnv } = options;
  const env = { DATA_DIR: dataDir, GATEWAY_SECRET, ...options.env };
  const started: Server[] = [];
  const start = async (service: string, more: Env = {}): Promise<Server> => {
    const script = `services/${service}/dist/server.js`;
    const server = await startServer({ script, cwd: dataDir, env: { ...env, ...more } });
    started.push(server);
    return server;
  };
  const kill = async () => {
    await Promise.all(started.map((server) => server.process.stop()));
  };
  const several = (count: number, service: string, more?: Env) =>
    Promise.all(Array.from({ length: count }, () => start(service, more)));
  try {
    await prepare(dataDir, env);
    const users = await several(instances.user ?? 1, 'user-service');
    const keySet = { JWKS_URL: `${users[0]?.url ?? ''}/.well-known/jwks.json` };
    const [orders, inventory] = await Promise.all([
      several(instances.order ?? 1, 'order-service', keySet),
      start('inventory-service', keySet),
    ]);
    const gateway = await start('gateway', {
      ...keySet,
      USER_SERVICE_URLS: users.map(({ url }) => url).join(','),
      ORDER_SERVICE_URLS: orders.map(({ url }) => url).join(','),
      INVENTORY_SERVICE_URLS: inventory.url,
      ...gatewayEnv,
    });
    const stop = async () => {
      // The gateway stops first, so that no request reaches a stopped service.
      const { code } = await gateway.process.stop('SIGTERM');
      const services = started.filter((server) => server !== gateway);
      const exits = await Promise.all(services.map((server) => server.process.stop('SIGTERM')));
      return [code, ...exits.map((exit) => exit.code)];
    };
    return { url: gateway.url, users, orders, inventory, stop, kill };
  } catch (error) {
    await kill();
    throw error;
  }
}

/** Prepares a store, which a standalone server does at its first start. */
async function prepare(dataDir: string, env: Env): Promise<void> {
  const commands = [
    ['catalogue', 'load'],
    ['admin', 'create', '--username', 'admin', '--email', 'admin@example.com'],
  ];
  for (const args of commands) {
    const { code, stderr } = await runNode({
      script: CLI,
      args,
      cwd: dataDir,
      env: { ...env, ADMIN_PASSWORD, BCRYPT_COST: '4' },
    });
    if (code !== 0) throw new Error(`cnop ${args.join(' ')} failed: ${stderr}`);
  }
}
