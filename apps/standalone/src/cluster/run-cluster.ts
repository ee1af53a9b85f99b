import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { ConfigError, inheritedEnvironment, readConfig } from '@cnop/common/config/read-config';
import {
  accountSettings,
  messagingSettings,
  processSettings,
  storeSettings,
} from '@cnop/common/config/settings';
import { systemClock } from '@cnop/common/core/clock';
import { openStore } from '@cnop/common/database/open-store';
import { z } from 'zod';
import type { Preparation } from '../prepare-store.ts';
import { prepareStore } from '../prepare-store.ts';
import { findBuiltWebApp } from '../standalone-settings.ts';
import { startBalancer } from './balancer.ts';
import { claimFolder } from './claim-folder.ts';
import type { Env, Instances, ProcessPlan } from './cluster-plan.ts';
import { planCluster } from './cluster-plan.ts';
import { freePortsFrom } from './free-ports.ts';
import {
  dynamoDbServer,
  hasRedisServer,
  plannedProgram,
  redisServer,
  whyNoDynamoDbServer,
} from './programs.ts';
import type { SupervisedProcess, Supervisor } from './supervisor.ts';
import { createSupervisor } from './supervisor.ts';

/** The ports of the processes follow that of the cluster at this distance. */
const FIRST_PORT_DISTANCE = 10;
const GATEWAY_SECRET_BYTES = 32;
const PRIVATE_FOLDER_MODE = 0o700;
/** Longer than a process takes to complete its requests. */
const STOP_TIMEOUT_MILLISECONDS = 15_000;

/** The size and the place of a cluster on this machine. */
export interface RunClusterOptions {
  readonly instances: Instances;
  /** The port of the address of the cluster; the processes use free ports above it. */
  readonly port: number;
  /** The folder of the database, the keys and the logs. */
  readonly dataDir: string;
  /** Receives one line for each event, such as a process that became ready or ended. */
  readonly report: (line: string) => void;
}

/** A process of the cluster; a store or message server has no plan. */
export interface Member {
  readonly process: SupervisedProcess;
  readonly plan: ProcessPlan | undefined;
}

/** A running cluster. */
export interface RunningCluster {
  readonly url: string;
  /** The endpoint of the store, for commands that work on it; undefined for that of AWS. */
  readonly storeEndpoint: string | undefined;
  readonly preparation: Preparation;
  readonly members: readonly Member[];
  /** Stops every process in order: gateways, services, then their servers. Kills those that hang. */
  stop(): Promise<void>;
}

const settingsSchema = storeSettings.extend({
  REDIS_URL: messagingSettings.shape.REDIS_URL,
  NODE_ENV: processSettings.shape.NODE_ENV,
  BCRYPT_COST: accountSettings.shape.BCRYPT_COST,
  ADMIN_PASSWORD: z.string().min(1).optional(),
});

/**
 * Starts a whole cluster on this machine: the servers of the store and of messages, where the settings name none, the
 * processes of the plan, and the balancer in front of the gateways. If this process dies, the others end as well.
 * @throws ConfigError when a server is neither installed nor named by a setting, or a cluster uses the folder
 * @throws Error with the code `EADDRINUSE` when another program uses the port
 */
export async function runCluster(options: RunClusterOptions): Promise<RunningCluster> {
  const { instances, port, report } = options;
  const dataDir = path.resolve(options.dataDir);
  const given = readConfig(settingsSchema);
  refuseMissingServers(given);
  const logFolder = path.join(dataDir, 'logs');
  await mkdir(dataDir, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  await mkdir(logFolder, { recursive: true, mode: PRIVATE_FOLDER_MODE });
  const giveBack = await claimFolder(dataDir);
  const balancer = await startBalancer(port);
  const takePort = freePortsFrom(port + FIRST_PORT_DISTANCE);
  const supervisor = superviseUntilDeath(report);
  try {
    const environment = inheritedEnvironment();
    const places = { cwd: process.cwd(), logFolder, env: environment };
    const servers: SupervisedProcess[] = [];
    const serverEnv: Record<string, string> = {};
    if (given.DYNAMODB_ENDPOINT === undefined) {
      const serverPort = await takePort();
      servers.push(supervisor.add(dynamoDbServer(serverPort, path.join(dataDir, 'dynamodb.db'), places)));
      serverEnv['DYNAMODB_ENDPOINT'] = `http://127.0.0.1:${serverPort}`;
    }
    if (given.REDIS_URL === undefined) {
      const serverPort = await takePort();
      servers.push(supervisor.add(redisServer(serverPort, places)));
      serverEnv['REDIS_URL'] = `redis://127.0.0.1:${serverPort}`;
    }
    const env: Env = { ...environment, ...serverEnv, STORE: 'dynamodb', DATA_DIR: dataDir };
    const webFolder = findBuiltWebApp();
    const plans = await planCluster({
      instances,
      takePort,
      gatewaySecret: randomBytes(GATEWAY_SECRET_BYTES).toString('hex'),
      env,
      gatewayEnv: webFolder === undefined ? undefined : { WEB_DIR: webFolder },
      hasGatewayMetrics: true,
    });
    const planned = plans.map((plan) => ({ plan, process: supervisor.add(plannedProgram(plan, places)) }));
    await startAll(servers, report);
    const preparation = await prepare(readConfig(settingsSchema, env));
    report(`the store has the catalogue and the administrator${shownPassword(preparation)}`);
    await startAll(
      planned.map((member) => member.process),
      report,
    );
    balancer.setTargets(plans.filter(({ role }) => role === 'gateway').map(({ url }) => url));
    return {
      url: balancer.url,
      storeEndpoint: env['DYNAMODB_ENDPOINT'],
      preparation,
      members: [...planned, ...servers.map((server) => ({ process: server, plan: undefined }))],
      async stop() {
        await balancer.close();
        const isGateway = ({ plan }: Member) => plan?.role === 'gateway';
        await endAll(planned.filter(isGateway));
        await endAll(planned.filter((member) => !isGateway(member)));
        await endAll(servers.map((server) => ({ process: server })));
        await giveBack();
      },
    };
  } catch (error) {
    await supervisor.kill();
    await balancer.close();
    await giveBack();
    throw error;
  }
}

/** Returns the password of a new administrator, which cannot be shown later: the rest of the start may fail. */
function shownPassword({ adminPassword }: Preparation): string {
  return adminPassword?.kind === 'shown' ? `, password ${adminPassword.password}` : '';
}

function refuseMissingServers(given: z.output<typeof settingsSchema>): void {
  const missing: string[] = [];
  const why = whyNoDynamoDbServer();
  if (given.DYNAMODB_ENDPOINT === undefined && why !== undefined) {
    missing.push(
      `  a DynamoDB-compatible server: ${why}. Run npm ci, or set DYNAMODB_ENDPOINT to a running server`,
    );
  }
  if (given.REDIS_URL === undefined && !hasRedisServer()) {
    missing.push(
      '  redis-server: install it with `apt-get install redis-server` or `brew install redis`, or set REDIS_URL',
    );
  }
  if (missing.length > 0) throw new ConfigError(`A cluster needs these servers:\n${missing.join('\n')}`);
}

/** Creates a supervisor whose processes end even if this process is killed. */
function superviseUntilDeath(report: (line: string) => void): Supervisor {
  const program = path.join(import.meta.dirname, 'reap-orphans.js');
  const reaper = spawn(process.execPath, [program], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  reaper.unref();
  // A write to a reaper that was killed changes nothing.
  reaper.stdin.on('error', () => undefined);
  return createSupervisor({
    onStart: (_name, pid) => reaper.stdin.write(`+${pid}\n`),
    onExit: (name, pid, { code, signal }) => {
      reaper.stdin.write(`-${pid}\n`);
      report(`${name} ended ${signal === null ? `with code ${code}` : `by ${signal}`}`);
    },
  });
}

async function startAll(processes: readonly SupervisedProcess[], report: (line: string) => void) {
  await Promise.all(
    processes.map(async (each) => {
      const milliseconds = await each.start();
      report(`${each.name} is ready after ${Math.round(milliseconds)} ms`);
    }),
  );
}

/** Ends processes, even those that are stopped (SIGSTOP) or hang. */
async function endAll(members: readonly Pick<Member, 'process'>[]): Promise<void> {
  await Promise.all(
    members.map(async (member) => {
      member.process.signal('SIGCONT');
      const deadline = wait(STOP_TIMEOUT_MILLISECONDS, 'late', { ref: false });
      const outcome = await Promise.race([member.process.stop('SIGTERM'), deadline]);
      if (outcome === 'late') await member.process.stop('SIGKILL');
    }),
  );
}

async function prepare(settings: z.output<typeof settingsSchema>): Promise<Preparation> {
  const passwords = createPasswordManager({ cost: settings.BCRYPT_COST });
  const store = await openStore(settings, systemClock);
  try {
    return await prepareStore({ store, passwords, clock: systemClock }, settings);
  } finally {
    await store.close();
    await passwords.close();
  }
}
