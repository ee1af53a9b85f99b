#!/usr/bin/env node
import { explainFailure } from '@cnop/common/process/explain-failure';
import { VERSION } from '@cnop/common/version';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { z } from 'zod';
import type { Instances, Role } from './cluster/cluster-plan.ts';
import { ROLES } from './cluster/cluster-plan.ts';
import type { ClusterCommand } from './commands/cluster.ts';
import type { CostOptions } from './commands/cost.ts';
import { addDataCommands } from './commands/data-commands.ts';
import type { AdminCreateOptions } from './commands/manage-store.ts';
import type { ReplayCommand } from './commands/replay.ts';

const print = (text: string): void => {
  process.stdout.write(text);
};

const printError = (text: string): void => {
  process.stderr.write(text);
};
/** Exit code for an unknown command or option. Code 1 is for the findings of a command, such as violations. */
const EXIT_USAGE = 2;

// Each command loads its modules when it runs, so that help and demo start fast.
const program = new Command('cnop')
  .description('Cloud Native Order Processor: a trading platform on one machine or many.')
  .version(VERSION)
  .showHelpAfterError()
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : EXIT_USAGE))
  .addHelpText(
    'after',
    `
Examples:
  $ cnop start                           the whole platform at http://127.0.0.1:8080
  $ PORT=9000 DATA_DIR=/srv/cnop cnop start
  $ cnop cluster                         the same as many processes over DynamoDB and Redis
  $ cnop demo                            a trade from sign-up to portfolio, against a running server
  $ cnop verify                          check every rule of money over the whole store

Settings come from the environment or from .env; docs/operating/settings.md lists them.`,
  );

program
  .command('start')
  .description('run gateway and services in one process, or one of them alone')
  .addArgument(new Argument('[service]', 'the only part to run in this process').choices(ROLES))
  .addHelpText('after', '\nExample:\n  $ STORE=dynamodb cnop start order')
  .action(async (service: Role | undefined) => {
    if (service !== undefined) {
      const { runStartService } = await import('./commands/start-service.ts');
      return runStartService(service);
    }
    const { runStart } = await import('./commands/start.ts');
    await runStart(print);
  });

program
  .command('cluster')
  .description('run many processes over DynamoDB and Redis on this machine, with a status of each')
  .option('--instances <number>', 'processes of each service and of the gateway', instanceCount, 2)
  .option('--scale <role=number>', 'another number for one role; may be repeated', addScale, {})
  .option('--port <number>', 'port of the one address in front of the gateways', portNumber, 8_080)
  .option('--data-dir <folder>', 'folder of the database, the keys and the logs', './data-cluster')
  .addHelpText('after', '\nExample:\n  $ cnop cluster --instances 2 --scale order=3')
  .action(async (options: ClusterCommand) => {
    const { runClusterCommand } = await import('./commands/cluster.ts');
    await runClusterCommand(options);
  });

program
  .command('demo')
  .description('act as a new user of a running server, from sign-up to portfolio')
  .option('--url <url>', 'address of the server', 'http://127.0.0.1:8080')
  .addHelpText('after', '\nExample:\n  $ cnop demo --url http://127.0.0.1:9000')
  .action(async (options: { readonly url: string }) => {
    const { runDemo } = await import('./commands/demo.ts');
    process.exitCode = await runDemo(options);
  });

program
  .command('verify')
  .description(
    'read the whole store and check every rule of money; exit code 1 when one is broken, 3 when items change too fast',
  )
  .option('--data-dir <folder>', 'data folder, instead of DATA_DIR')
  .option('--json', 'print the report as JSON')
  .addHelpText('after', '\nExample:\n  $ cnop verify --data-dir ./data')
  .action(async (options: { readonly dataDir?: string; readonly json?: boolean }) => {
    const { runVerify } = await import('./commands/verify.ts');
    process.exitCode = await runVerify(options);
  });

program
  .command('replay')
  .description(
    'play recorded prices through the order service and check every order against a walk over the file',
  )
  .argument('<file>', 'CSV of candles or closes: open_time and close, or with open, high and low as well')
  .option('--asset <id>', 'id of the asset, if the file name does not begin with it')
  .option('--orders <number>', 'number of orders to place', wholeNumber, 300)
  .option('--seed <number>', 'seed of the generated orders', wholeNumber, 1)
  .addHelpText(
    'after',
    `
Exit code: 0 all orders agree, 1 the engine is wrong, 2 the file or an option is wrong, 3 the replay did not finish.

Example:
  $ cnop replay BTC-USD-1m-2023-03.csv --orders 500`,
  )
  .action(async (file: string, options: Pick<ReplayCommand, 'asset' | 'orders' | 'seed'>) => {
    const { runReplayCommand } = await import('./commands/replay.ts');
    process.exitCode = await runReplayCommand({ file, ...options }, { print, printError });
  });

program
  .command('cost')
  .description(
    'measure what each operation consumes on DynamoDB, and price it; with a load also the bill of a month',
  )
  .option('--region <region>', 'region of the prices', 'us-east-1')
  .option('--prices <file>', 'JSON file with price lists, instead of the shipped ones')
  .option('--load <file>', 'JSON file that describes a load; docs/reference/cost.md lists its members')
  .option('--users <number>', 'accounts', largeNumber)
  .option('--orders <number>', 'orders a day', largeNumber)
  .option('--open-orders <number>', 'orders that are open at a usual moment', largeNumber)
  .option('--streams <number>', 'live streams that are open at a usual moment', largeNumber)
  .option(
    '--simulate <orders>',
    'also simulate this many orders a second against the limits of partitions',
    largeNumber,
  )
  .option('--json', 'print the figures as JSON')
  .addHelpText(
    'after',
    `
Needs a DynamoDB-compatible server, in which it creates tables of its own and deletes them again.

Example:
  $ DYNAMODB_ENDPOINT=http://127.0.0.1:8000 cnop cost --users 100000 --orders 500000`,
  )
  .action(async (options: CostOptions) => {
    const { runCost } = await import('./commands/cost.ts');
    await runCost(options, print);
  });

addDataCommands(program, { print, printError });

const admin = program.command('admin').description('manage administrators');
admin
  .command('create')
  .description('create an administrator; the password is printed once, or taken from ADMIN_PASSWORD')
  .requiredOption('--username <name>')
  .requiredOption('--email <address>')
  .option('--if-missing', 'succeed without a change when the username exists')
  .addHelpText('after', '\nExample:\n  $ cnop admin create --username grace --email grace@example.com')
  .action(async (options: AdminCreateOptions) => {
    const { runAdminCreate } = await import('./commands/manage-store.ts');
    await runAdminCreate(options, print);
  });

const catalogue = program.command('catalogue').description('manage the catalogue of assets');
catalogue
  .command('load')
  .description('add the shipped assets that the store does not have; cnop start does the same')
  .option('--history', 'also generate a year of prices for assets that have none')
  .addHelpText('after', '\nExample:\n  $ cnop catalogue load --history')
  .action(async (options: { readonly history?: boolean }) => {
    const { runCatalogueLoad } = await import('./commands/manage-store.ts');
    await runCatalogueLoad(options, print);
  });

const keys = program.command('keys').description('manage the keys that sign tokens; running services follow');
keys
  .command('list')
  .description('print the signing keys and what each does now')
  .action(async () => {
    const { runKeysList } = await import('./commands/keys.ts');
    await runKeysList({ print });
  });
keys
  .command('rotate')
  .description('add a key, which is published at once and signs after the overlap')
  .option('--overlap <minutes>', 'time for gateways and services to learn the key', wholeNumber, 15)
  .addHelpText('after', '\nExample:\n  $ cnop keys rotate')
  .action(async (options: { readonly overlap: number }) => {
    const { runKeysRotate } = await import('./commands/keys.ts');
    await runKeysRotate(options, { print, printError });
  });
keys
  .command('retire')
  .description('remove the keys whose tokens have all expired')
  .argument('[key-id]', 'one key; cnop keys list shows the ids')
  .option('--compromised', 'remove the key although its tokens have not expired; their users sign in again')
  .addHelpText('after', '\nExample:\n  $ cnop keys retire')
  .action(async (keyId: string | undefined, options: { readonly compromised?: boolean }) => {
    const { runKeysRetire } = await import('./commands/keys.ts');
    await runKeysRetire({ keyId, ...options }, { print, printError });
  });

const MAX_INSTANCES = 9;
const MAX_PORT = 65_000;

function instanceCount(text: string): number {
  const count = wholeNumber(text);
  if (count < 1 || count > MAX_INSTANCES) {
    throw new InvalidArgumentError(`Enter a number from 1 to ${MAX_INSTANCES}.`);
  }
  return count;
}

function addScale(text: string, scale: Partial<Instances>): Partial<Instances> {
  const [name, count = ''] = text.split('=');
  const role = ROLES.find((each) => each === name);
  if (role === undefined)
    throw new InvalidArgumentError(`Enter ${ROLES.join(', ')} and a number, such as order=3.`);
  return { ...scale, [role]: instanceCount(count) };
}

function portNumber(text: string): number {
  const port = wholeNumber(text);
  if (port > MAX_PORT) throw new InvalidArgumentError(`Enter a number up to ${MAX_PORT}.`);
  return port;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('Enter a whole number of at most 6 digits.');
  return Number(text);
}

/** Parses a large number, such as that of accounts. */
function largeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Enter a whole number of at most 9 digits.');
  return Number(text);
}

/** Returns the message for the operator. */
function explain(error: unknown): string {
  return error instanceof z.ZodError ? z.prettifyError(error) : explainFailure(error);
}

try {
  await program.parseAsync();
} catch (error) {
  printError(`${explain(error)}\n`);
  // A failed command may have left a store or a child process open, which would keep this process alive.
  process.exit(1);
}
