import path from 'node:path';

/** The roles of processes in the order in which the status lists them. */
export const ROLES = ['gateway', 'user', 'order', 'inventory'] as const;
export type Role = (typeof ROLES)[number];

/** The root of the project; sources and builds have the same depth. */
const PROJECT_ROOT = path.resolve(import.meta.dirname, '../../../..');
const PROGRAMS: Readonly<Record<Role, string>> = {
  gateway: 'services/gateway/dist/server.js',
  user: 'services/user-service/dist/server.js',
  order: 'services/order-service/dist/server.js',
  inventory: 'services/inventory-service/dist/server.js',
};
const HOST = '127.0.0.1';

/** The environment variables of a process. */
export type Env = Readonly<Record<string, string>>;
/** The number of processes of each role. */
export type Instances = Readonly<Record<Role, number>>;

/** A process of a cluster and its settings. */
export interface ProcessPlan {
  /** The role and a number, such as `order-2`. */
  readonly name: string;
  readonly role: Role;
  readonly program: string;
  readonly env: Env;
  /** The origin at which the process listens. */
  readonly url: string;
  /** The origin of `/metrics`; undefined for a gateway without metrics. */
  readonly metricsUrl: string | undefined;
}

/** The choices from which a cluster is planned. */
export interface ClusterPlanOptions {
  readonly instances: Instances;
  /** Returns a port that no other process uses. */
  readonly takePort: () => Promise<number>;
  /** Proves to the services that a request comes from a gateway. */
  readonly gatewaySecret: string;
  /** The settings of every process, such as those of the store. */
  readonly env: Env;
  /** Additional settings of the gateways. */
  readonly gatewayEnv?: Env | undefined;
  /** Whether gateways serve their metrics, each on a port of its own. */
  readonly hasGatewayMetrics?: boolean | undefined;
}

/** Plans the processes of a cluster on one machine: each with a port of its own and the addresses of those that it calls. */
export async function planCluster(options: ClusterPlanOptions): Promise<readonly ProcessPlan[]> {
  const { instances, takePort, gatewaySecret, gatewayEnv } = options;
  const env = { ...options.env, GATEWAY_SECRET: gatewaySecret, HOST };
  const plan = async (role: Role, more: Env): Promise<readonly ProcessPlan[]> => {
    const processes: ProcessPlan[] = [];
    for (let number = 1; number <= instances[role]; number++) {
      const port = await takePort();
      const hasMetricsPort = role === 'gateway' && options.hasGatewayMetrics === true;
      // A service serves its metrics on its own port.
      const metricsPort = hasMetricsPort ? await takePort() : role === 'gateway' ? undefined : port;
      processes.push({
        name: `${role}-${number}`,
        role,
        program: path.join(PROJECT_ROOT, PROGRAMS[role]),
        env: {
          ...env,
          ...more,
          // Names the process in the requests to AWS, and so in its audit trail.
          AWS_SDK_UA_APP_ID: `cnop-${role}`,
          PORT: String(port),
          ...(hasMetricsPort && { METRICS_PORT: String(metricsPort) }),
        },
        url: originOf(port),
        metricsUrl: metricsPort === undefined ? undefined : originOf(metricsPort),
      });
    }
    return processes;
  };
  const users = await plan('user', {});
  const keySet = { JWKS_URL: users.map(({ url }) => `${url}/.well-known/jwks.json`).join(',') };
  const orders = await plan('order', keySet);
  const inventories = await plan('inventory', keySet);
  const gateways = await plan('gateway', {
    ...keySet,
    USER_SERVICE_URLS: listOf(users),
    ORDER_SERVICE_URLS: listOf(orders),
    INVENTORY_SERVICE_URLS: listOf(inventories),
    ...gatewayEnv,
  });
  return [...gateways, ...users, ...orders, ...inventories];
}

function originOf(port: number): string {
  return `http://${HOST}:${port}`;
}

function listOf(processes: readonly ProcessPlan[]): string {
  return processes.map(({ url }) => url).join(',');
}
