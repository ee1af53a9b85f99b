import { EXPIRY_SHARDS } from '@cnop/common/database/tables';
import type { Load } from './load.ts';
import { SECONDS_PER_DAY } from './load.ts';
import type { OperationCost } from './measurement.ts';

/** What DynamoDB serves from one partition in a second, whatever the table may take. */
export const PARTITION_WRITE_UNITS = 1_000;
const PARTITION_READ_UNITS = 3_000;
/** The default of `RATE_LIMIT_ORDERS`, 600 a minute. */
export const ORDERS_OF_ONE_USER_A_SECOND = 10;
const ASSETS = 50;

/** The hottest partition of one form in the busiest second. */
export interface HotPartition {
  /** The table or index and the form of the key, such as `orders/TriggerIndex {asset}#ASK_LE`. */
  readonly form: string;
  readonly kind: 'write' | 'read';
  readonly unitsASecond: number;
  /** How many times the load may grow before this partition is at its limit. */
  readonly headroom: number;
}

/** An operation and how often it happens on a day. */
export interface DailyOperation {
  readonly name: string;
  readonly times: number;
  /** How many times the average the busiest second has. */
  readonly peakFactor: number;
  readonly cost: OperationCost;
}

/** Returns the hottest partition of each form for a load, the one with the least headroom first. */
export function hotPartitionsOf(load: Load, daily: readonly DailyOperation[]): HotPartition[] {
  const unitsOf = new Map<string, number>();
  for (const { times, peakFactor, cost } of daily) {
    const atPeak = (times * peakFactor) / SECONDS_PER_DAY;
    for (const [form, units] of unitsByForm(cost)) {
      unitsOf.set(form, (unitsOf.get(form) ?? 0) + atPeak * units * shareOfHottest(form, load));
    }
  }
  // A user who trades by a program may place as many orders as the rate limit allows, whatever the average is.
  for (const [form, units] of unitsByForm(find(daily, 'market buy with key')?.cost)) {
    if (isOfOneUser(form)) unitsOf.set(form, units * ORDERS_OF_ONE_USER_A_SECOND);
  }
  const priceUnits = find(daily, 'prices of 55 assets, once a second and process')?.cost.readUnits ?? 0;
  const peakOrders = (load.orders_a_day * load.peak_factor) / SECONDS_PER_DAY;
  const found = [
    ...[...unitsOf].map(([form, units]) => hot('write', form, units)),
    // Every order reads its asset.
    hot('read', 'inventory {asset}', peakOrders * load.hottest_asset_share),
    // Orders of a process share these reads.
    hot(
      'read',
      'inventory PRICES#CURRENT',
      priceUnits * (load.processes + sharedReadsASecond(load, peakOrders)),
    ),
  ];
  return found
    .filter(({ unitsASecond }) => unitsASecond > 0)
    .toSorted((one, other) => one.headroom - other.headroom);
}

/** The reads of prices that one process shares among its orders in a second, at most: one after the other. */
const SHARED_READS_A_SECOND = 250;

function sharedReadsASecond({ processes }: Load, peakOrders: number): number {
  return Math.min(peakOrders, processes * SHARED_READS_A_SECOND);
}

function find(daily: readonly DailyOperation[], wanted: string): DailyOperation | undefined {
  return daily.find(({ name }) => name === wanted);
}

function hot(kind: HotPartition['kind'], form: string, unitsASecond: number): HotPartition {
  const limit = kind === 'write' ? PARTITION_WRITE_UNITS : PARTITION_READ_UNITS;
  return { kind, form, unitsASecond, headroom: limit / unitsASecond };
}

/** Returns the write units of an operation by the form of the partitions that they fall on. */
export function unitsByForm(
  cost: Pick<OperationCost, 'partitions'> | undefined,
): ReadonlyMap<string, number> {
  const units = new Map<string, number>();
  for (const { place, pk, writeUnits } of cost?.partitions ?? []) {
    const form = `${place} ${formOf(pk)}`;
    units.set(form, (units.get(form) ?? 0) + writeUnits);
  }
  return units;
}

/** Returns the form of a partition key of a measurement: names, ids and days become placeholders. */
function formOf(pk: string): string {
  return pk
    .replace(/[\w.]*_example_123@[\w.]+/, '{email}')
    .replace(/\w+_example_123/, '{user}')
    .replace(/[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}/, '{order}')
    .replace(/\d{4}-\d\d-\d\d/, '{day}')
    .replace(/^EXPIRY#\d+/, 'EXPIRY#{shard}')
    .replace(/(?<=^|#)(?:BTC|ETH)(?=$|#)/, '{asset}');
}

function isOfOneUser(form: string): boolean {
  return form.includes('{user}') || form.includes('{email}');
}

/** Returns the part of the writes of one form that falls on its hottest partition. */
function shareOfHottest(form: string, load: Load): number {
  if (isOfOneUser(form)) return 1 / Math.max(1, load.users * load.active_share);
  // An id of its own for every order.
  if (form.includes('{order}')) return 0;
  if (form.includes('{shard}')) return 1 / EXPIRY_SHARDS;
  if (form.startsWith('orders/TriggerIndex')) return load.hottest_asset_share / load.trigger_shards;
  if (form.startsWith('users/AuditByDayIndex')) return 1 / load.audit_shards;
  if (form.startsWith('users/AssetIndex')) return load.hottest_asset_share;
  return form.includes('{asset}') ? 1 / ASSETS : 1;
}
