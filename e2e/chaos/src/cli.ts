import { whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { whyNoRedis } from '@cnop/testing/redis-server';
import { createCleanup } from '@cnop/testing/system/cleanup';
import type { ClusterProcess } from '@cnop/testing/system/cluster';
import { whyNoFaketime } from '@cnop/testing/system/wrong-clock';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { ChaosPlatform } from './chaos-platform.ts';
import { startChaosPlatform } from './chaos-platform.ts';
import { chaosMarkdown, chaosTable } from './chaos-table.ts';
import type { Fault } from './faults.ts';
import { faultyStore, frozen, killed, skewed, stopped, withoutRedis } from './faults.ts';
import type { Plant } from './run-chaos.ts';
import { isClean, runChaos } from './run-chaos.ts';

const SKEWS_SECONDS = [5, -5, 300, -300];
const LOAD = { users: 4, clientsPerUser: 2 };

interface Flags {
  readonly seconds: number;
  readonly only?: string;
  readonly plant?: Plant;
  readonly markdown?: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);

// An exit ends the processes of the cluster; a signal without a listener would leave them behind.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

/** Returns every fault of a platform; those of clocks for the first process of each role. */
function allFaults(platform: ChaosPlatform): readonly Fault[] {
  const { processes } = platform.cluster;
  const whyNoClocks = whyNoFaketime();
  if (whyNoClocks !== undefined) print(whyNoClocks);
  const firsts = processes.filter(
    (each, position) => processes.findIndex(({ role }) => role === each.role) === position,
  );
  const clockFaults = (each: ClusterProcess) => SKEWS_SECONDS.map((seconds) => skewed(each, seconds));
  return [
    ...processes.map(killed),
    ...processes.map(frozen),
    ...processes.map(stopped),
    ...withoutRedis(platform),
    ...faultyStore(platform),
    ...(whyNoClocks === undefined ? firsts.flatMap(clockFaults) : []),
  ];
}

async function run({ seconds, only = '', plant, markdown }: Flags): Promise<void> {
  const reason = whyNoDynamoDb() ?? whyNoRedis();
  if (reason !== undefined) throw new Error(reason);
  const cleanup = createCleanup();
  try {
    print('Starting two gateways and two processes of each service over DynamoDB and Redis');
    const instances = { gateway: 2, user: 2, order: 2, inventory: 2 };
    const platform = await startChaosPlatform(cleanup, { instances });
    const faults = allFaults(platform).filter(({ name }) =>
      only.split(',').some((text) => name.includes(text)),
    );
    print(
      `${faults.length} faults of ${seconds} s each; ${LOAD.users * LOAD.clientsPerUser} clients place orders`,
    );
    const report = await runChaos(platform, {
      faults,
      faultMilliseconds: seconds * 1_000,
      load: LOAD,
      plant,
      onResult: ({ fault, lost, doubled }) => print(`  ${fault}: ${lost} lost, ${doubled} doubled`),
    });
    print('');
    for (const line of (markdown ? chaosMarkdown : chaosTable)(report.results)) print(line);
    print('');
    for (const { fault, refused } of report.results) for (const text of refused) print(`${fault}: ${text}`);
    print(
      report.brokenRules.length === 0
        ? 'cnop verify: every rule holds'
        : `cnop verify: ${report.brokenRules.length} violations\n${report.brokenRules.join('\n')}`,
    );
    if (!isClean(report)) process.exitCode = 1;
  } finally {
    await cleanup.run();
  }
}

function wholeSeconds(text: string): number {
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError('Enter a whole number from 1 to 99.');
  return Number(text);
}

await new Command('chaos')
  .description(
    'Breaks a cluster under load in every way, one after the other, and compares the store with what clients were told. ' +
      'Exit code 1 when an order is lost or doubled, a rule of money is broken, or the cluster does not recover.',
  )
  .option('--seconds <n>', 'how long each fault lasts', wholeSeconds, 3)
  .option(
    '--only <text>',
    'only faults with one of these texts in their name, such as SIGKILL or order-1,store',
  )
  .addOption(
    new Option('--plant <violation>', 'make this violation on purpose, which must be found').choices([
      'double',
      'lost',
    ]),
  )
  .option('--markdown', 'print the table as Markdown')
  .action(run)
  .parseAsync();
