import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { Balancer } from '@cnop/standalone/cluster/balancer';
import { startBalancer } from '@cnop/standalone/cluster/balancer';
import type { Env, Role } from '@cnop/standalone/cluster/cluster-plan';
import { planCluster } from '@cnop/standalone/cluster/cluster-plan';
import { plannedProgram } from '@cnop/standalone/cluster/programs';
import type { SupervisedProcess } from '@cnop/standalone/cluster/supervisor';
import { createSupervisor } from '@cnop/standalone/cluster/supervisor';
import { freePort } from './free-port.ts';
import { runNode } from './node-process.ts';
import { ADMIN_PASSWORD, CLI, TEST_ENV } from './servers.ts';

/** The secret with which the gateway signs its requests to the services. */
const GATEWAY_SECRET = 'whole-system-test-0123456789abcdef';

/** The processes of a cluster and their settings. */
export interface ClusterOptions {
  /** The folder of the keys, the logs and, with the embedded store, of the data. */
  readonly dataDir: string;
  /** The number of processes of a role; one by default. */
  readonly instances?: Partial<Readonly<Record<Role, number>>>;
  /** The settings of every process, such as those of another store. */
  readonly env?: Env;
  /** Additional settings of the gateways. */
  readonly gatewayEnv?: Env;
}

/** A process of a cluster, which a test may stop and start again. */
export interface ClusterProcess {
  readonly role: Role;
  readonly url: string;
  readonly process: SupervisedProcess;
}

/** Gateways and services as separate processes over one store. */
export interface Cluster {
  /** The address of the gateway, or of a balancer in front of several. */
  readonly url: string;
  readonly processes: readonly ClusterProcess[];
  readonly gateways: readonly ClusterProcess[];
  readonly users: readonly ClusterProcess[];
  readonly orders: readonly ClusterProcess[];
  /** The first process of the inventory service. */
  readonly inventory: ClusterProcess;
  /** Sends SIGTERM to every process, gateways first; resolves with their exit codes. */
  stop(): Promise<readonly (number | null)[]>;
  kill(): Promise<void>;
}

/** Starts a cluster on a store with the catalogue and the administrator `admin`. */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir, instances = {}, gatewayEnv } = options;
  const env = { ...TEST_ENV, PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, ...options.env };
  const plan = await planCluster({
    instances: { gateway: 1, user: 1, order: 1, inventory: 1, ...instances },
    takePort: freePort,
    gatewaySecret: GATEWAY_SECRET,
    env,
    gatewayEnv,
  });
  await prepare(dataDir, env);
  const logFolder = path.join(dataDir, 'logs');
  await mkdir(logFolder, { recursive: true });
  const supervisor = createSupervisor();
  const processes = plan.map((each): ClusterProcess => {
    const program = plannedProgram(each, { cwd: dataDir, logFolder });
    return { role: each.role, url: each.url, process: supervisor.add(program) };
  });
  const withRole = (role: Role) => processes.filter((each) => each.role === role);
  const gateways = withRole('gateway');
  const [inventory] = withRole('inventory');
  if (!inventory) throw new Error('a cluster needs an inventory service');
  let balancer: Balancer | undefined;
  const kill = async () => {
    await Promise.all([supervisor.kill(), balancer?.close()]);
  };
  try {
    await Promise.all(processes.map((each) => each.process.start()));
    if (gateways.length > 1) {
      balancer = await startBalancer(await freePort());
      balancer.setTargets(gateways.map(({ url }) => url));
    }
  } catch (error) {
    await kill();
    throw error;
  }
  return {
    url: balancer?.url ?? gateways[0]?.url ?? '',
    processes,
    gateways,
    users: withRole('user'),
    orders: withRole('order'),
    inventory,
    async stop() {
      // The gateways stop first, so that no request reaches a stopped service.
      const services = processes.filter((each) => !gateways.includes(each));
      const exits = await Promise.all(gateways.map((each) => each.process.stop('SIGTERM')));
      exits.push(...(await Promise.all(services.map((each) => each.process.stop('SIGTERM')))));
      await balancer?.close();
      return exits.map(({ code }) => code);
    },
    kill,
  };
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
