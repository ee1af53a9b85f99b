import { loadEnvFile } from '@cnop/common/config/read-config';
import type { Instances } from '../cluster/cluster-plan.ts';
import { showCluster } from '../cluster/live-screen.ts';
import type { RunningCluster } from '../cluster/run-cluster.ts';
import { runCluster } from '../cluster/run-cluster.ts';
import { FIRST_ADMIN_USERNAME } from '../prepare-store.ts';

/** The options of `cnop cluster`. */
export interface ClusterCommand {
  readonly instances: number;
  /** The number of processes of some roles, instead of `instances`. */
  readonly scale: Partial<Instances>;
  readonly port: number;
  readonly dataDir: string;
}

/**
 * `cnop cluster`: runs a whole cluster on this machine until `q`, SIGINT or SIGTERM. On a terminal it shows the status of
 * each process and takes keys; elsewhere it prints one line for each event.
 * @throws ConfigError when a server that the cluster needs is missing
 */
export async function runClusterCommand({ instances, scale, port, dataDir }: ClusterCommand): Promise<void> {
  loadEnvFile();
  const print = (line: string): void => void process.stdout.write(`${line}\n`);
  let report = print;
  let isStarting = true;
  const interrupted = Promise.race([signalled('SIGINT'), signalled('SIGTERM')]);
  void interrupted.then(() => {
    if (!isStarting) return;
    print('Stopped during the start: its processes are ended.');
    process.exit(1);
  });
  const cluster = await runCluster({
    instances: { gateway: instances, user: instances, order: instances, inventory: instances, ...scale },
    port,
    dataDir,
    report: (line) => report(`${new Date().toLocaleTimeString('en-GB')}  ${line}`),
  });
  isStarting = false;
  const heading = describe(cluster, dataDir);
  for (const line of heading) print(line);
  const screen = process.stdout.isTTY ? showCluster(cluster.members, heading) : undefined;
  if (screen) report = screen.addEvent;
  await Promise.race([...(screen ? [screen.quit] : []), interrupted]);
  await screen?.close();
  report = print;
  print('Stopping the cluster; a second Ctrl-C kills it.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));
  await cluster.stop();
  print('Every process has ended.');
}

function describe({ url, storeEndpoint, preparation }: RunningCluster, dataDir: string): string[] {
  const { adminPassword } = preparation;
  const lines = [`Cloud Native Order Processor, a cluster at ${url}`, ''];
  if (adminPassword?.kind === 'shown') {
    lines.push(
      `Administrator ${FIRST_ADMIN_USERNAME}, password ${adminPassword.password}`,
      'The password is shown only now. Save it, or change it in the web app.',
    );
  } else if (adminPassword?.kind === 'file') {
    lines.push(`Administrator ${FIRST_ADMIN_USERNAME}, password in ${adminPassword.file}`);
  } else {
    lines.push(`Administrator ${FIRST_ADMIN_USERNAME}, with the password of the first start`);
  }
  const endpoint = storeEndpoint === undefined ? '' : ` DYNAMODB_ENDPOINT=${storeEndpoint}`;
  lines.push(`Settings for cnop verify, export and migrate: STORE=dynamodb${endpoint}`);
  lines.push(`Data and logs in ${dataDir}; delete the folder to start afresh.`);
  return lines;
}

async function signalled(signal: NodeJS.Signals): Promise<void> {
  return new Promise((resolve) => {
    process.once(signal, () => resolve());
  });
}
