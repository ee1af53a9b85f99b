import { readFile } from 'node:fs/promises';
import { ConfigError, loadEnvFile, readConfig } from '@cnop/common/config/read-config';
import { storeSettings } from '@cnop/common/config/settings';
import { awsOptionsOf } from '@cnop/common/database/open-store';
import type { Bill } from '../cost/bill.ts';
import { billOf } from '../cost/bill.ts';
import type { Load } from '../cost/load.ts';
import { loadSchema } from '../cost/load.ts';
import { measureOperations } from '../cost/measure-operations.ts';
import type { OperationCost } from '../cost/measurement.ts';
import type { PriceList } from '../cost/price-list.ts';
import { priceListOf, usdPerMillion } from '../cost/price-list.ts';
import type { SimulatedPartition } from '../cost/simulate.ts';
import { simulate } from '../cost/simulate.ts';
import { groupThousands, tableLines } from '../terminal-text.ts';

/** The options of `cnop cost`. */
export interface CostOptions {
  readonly region: string;
  /** A file with price lists, instead of the shipped ones. */
  readonly prices?: string;
  /** A file that describes a load; the options below replace its members. */
  readonly load?: string;
  readonly users?: number;
  readonly orders?: number;
  readonly openOrders?: number;
  readonly streams?: number;
  /** Orders a second, to simulate. */
  readonly simulate?: number;
  readonly json?: boolean;
}

const SIMULATED_SECONDS = 10;
const SHOWN_PARTITIONS = 8;

/**
 * `cnop cost`: measures what every operation consumes on the DynamoDB-compatible server of the settings, in tables of its
 * own that it deletes again, and prints the price of a million operations; for a load also the bill of a month.
 * @throws ConfigError without DYNAMODB_ENDPOINT, for an unknown region or a file that cannot be read
 */
export async function runCost(options: CostOptions, print: (text: string) => void): Promise<void> {
  loadEnvFile();
  const settings = readConfig(storeSettings);
  if (!settings.DYNAMODB_ENDPOINT) {
    throw new ConfigError(
      'These settings need attention:\n  DYNAMODB_ENDPOINT: name a DynamoDB-compatible server to measure on, such as http://127.0.0.1:8000',
    );
  }
  const prices = priceListOf(options.region, options.prices && (await readJson(options.prices)));
  const load = await loadOf(options);
  const costs = await measureOperations(awsOptionsOf(settings));
  const bill = load && billOf(load, costs, prices);
  const simulated =
    load && options.simulate
      ? simulate({
          load,
          costs,
          ordersASecond: options.simulate,
          seconds: SIMULATED_SECONDS,
          random: Math.random,
        })
      : undefined;
  if (options.json) {
    const operations = costs.map(({ partitions: _, ...cost }) => cost);
    print(`${JSON.stringify({ prices, operations, load, bill, simulated }, null, 2)}\n`);
    return;
  }
  const lines = [
    ...operationLines(costs, prices),
    ...(load && bill ? ['', ...billLines(load, bill)] : []),
    ...(simulated ? ['', ...simulationLines(simulated)] : []),
  ];
  print(`${lines.join('\n')}\n`);
}

async function loadOf(options: CostOptions): Promise<Load | undefined> {
  const { users, orders, openOrders, streams } = options;
  const file = options.load === undefined ? {} : await readJson(options.load);
  const given = {
    ...(typeof file === 'object' ? file : {}),
    ...(users !== undefined && { users }),
    ...(orders !== undefined && { orders_a_day: orders }),
    ...(openOrders !== undefined && { open_orders: openOrders }),
    ...(streams !== undefined && { streams }),
  };
  return Object.keys(given).length === 0 ? undefined : loadSchema.parse(given);
}

/** @throws ConfigError when the file cannot be read or is not JSON */
async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new ConfigError(
      `${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

const NUMBER = { align: 'right' } as const;

function fixed(number: number, digits: number): string {
  const format = { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return new Intl.NumberFormat('en-GB', format).format(number);
}

/** Returns the lines of a table of operations, with their price in US dollars per million. */
function operationLines(costs: readonly OperationCost[], prices: PriceList): string[] {
  const title = `On demand in ${prices.region}, prices as of ${prices.as_of}`;
  const columns = [
    { title: 'operation' },
    { title: 'write units', ...NUMBER },
    { title: 'read units', ...NUMBER },
    { title: 'USD a million', ...NUMBER },
  ];
  const rows = costs.map((cost) => [
    cost.name,
    String(cost.writeUnits),
    String(cost.readUnits),
    fixed(usdPerMillion(cost, prices), 2),
  ]);
  return [title, '', ...tableLines(columns, rows)];
}

/** Returns the lines of a bill and of its hottest partitions. */
function billLines(load: Load, bill: Bill): string[] {
  const { requestsUsd, storageUsd } = bill;
  return [
    `A month of ${fixed(load.users, 0)} users and ${fixed(load.orders_a_day, 0)} orders a day`,
    '',
    ...tableLines(
      [{ title: 'operation' }, { title: 'times', ...NUMBER }, { title: 'USD', ...NUMBER }],
      [
        ...bill.lines.map(({ name, times, usd }) => [name, fixed(times, 0), fixed(usd, 2)]),
        ['requests in all', '', fixed(requestsUsd, 2)],
        ['storage after a year of this', '', fixed(storageUsd, 2)],
        ['in all', '', fixed(requestsUsd + storageUsd, 2)],
      ],
    ),
    '',
    `In the busiest second: ${fixed(bill.peakWriteUnits, 0)} write units, ${fixed(bill.peakReadUnits, 0)} read units.`,
    'The hottest partitions then, with the factor by which the load may grow:',
    '',
    ...tableLines(
      [
        { title: 'partition' },
        { title: 'units', ...NUMBER },
        { title: 'kind' },
        { title: 'headroom', ...NUMBER },
      ],
      bill.partitions
        .slice(0, SHOWN_PARTITIONS)
        .map(({ form, unitsASecond, kind, headroom }) => [
          form,
          fixed(unitsASecond, 1),
          kind,
          fixed(headroom, 1),
        ]),
    ),
    '',
    `A price that triggers half of the open orders of the hottest asset: at least ${fixed(bill.secondsToTrigger, 1)} s.`,
  ];
}

function simulationLines(simulated: readonly SimulatedPartition[]): string[] {
  return [
    `${SIMULATED_SECONDS} simulated seconds, the busiest partitions of each form:`,
    '',
    ...tableLines(
      [
        { title: 'partition' },
        { title: 'partitions written', ...NUMBER },
        { title: 'most units in a second', ...NUMBER },
        { title: 'seconds above 1,000', ...NUMBER },
      ],
      simulated.map(({ form, partitions, maxUnitsASecond, secondsAboveLimit }) => [
        form,
        groupThousands(String(partitions)),
        String(maxUnitsASecond),
        String(secondsAboveLimit),
      ]),
    ),
  ];
}
