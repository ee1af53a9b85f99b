import { EXPIRY_SHARDS } from '@cnop/common/database/tables';
import type { Load } from './load.ts';
import type { OperationCost } from './measurement.ts';
import { ORDERS_OF_ONE_USER_A_SECOND, PARTITION_WRITE_UNITS, unitsByForm } from './partitions.ts';

/** The busiest partition of one form in a simulation. */
export interface SimulatedPartition {
  readonly form: string;
  /** How many partitions of this form were written. */
  readonly partitions: number;
  /** The most write units of one partition in one second. */
  readonly maxUnitsASecond: number;
  /** The seconds in which a partition of this form was above the limit. */
  readonly secondsAboveLimit: number;
}

export interface SimulationOptions {
  readonly load: Load;
  readonly costs: readonly OperationCost[];
  readonly ordersASecond: number;
  readonly seconds: number;
  /** Returns a number from 0 to below 1. */
  readonly random: () => number;
}

const ASSETS = 50;
/** A hundredth of the users places half of the orders. */
const BUSY_USERS = 0.01;
const ORDERS_OF_BUSY_USERS = 0.5;

type Found = Map<string, { partitions: Set<string>; max: number; above: number }>;

/**
 * Simulates the busiest seconds of a load order by order, and counts the write units of every partition of DynamoDB. It
 * draws users and assets at random, so it also finds the hottest of many partitions that are equal on average.
 */
export function simulate(options: SimulationOptions): SimulatedPartition[] {
  const { load, costs, ordersASecond, seconds, random } = options;
  const operations = weightedOperations(load, costs);
  const found: Found = new Map();
  for (let second = 0; second < seconds; second += 1) {
    const ofUser = new Map<number, number>();
    const units = new Map<string, { form: string; units: number }>();
    for (let order = 0; order < ordersASecond; order += 1) {
      const user = pickUser(load, random);
      const placed = (ofUser.get(user) ?? 0) + 1;
      ofUser.set(user, placed);
      // The gateway refuses more.
      if (placed > ORDERS_OF_ONE_USER_A_SECOND) continue;
      const asset = pickAsset(load, random);
      for (const { weight, forms } of operations) {
        if (random() >= weight) continue;
        for (const [form, written] of forms) {
          const partition = instanceOf(form, { user, asset, load, random });
          const known = units.get(partition) ?? { form, units: 0 };
          known.units += written;
          units.set(partition, known);
        }
      }
    }
    collect(found, units);
  }
  return [...found]
    .map(([form, { partitions, max, above }]) => ({
      form,
      partitions: partitions.size,
      maxUnitsASecond: max,
      secondsAboveLimit: above,
    }))
    .toSorted((one, other) => other.maxUnitsASecond - one.maxUnitsASecond);
}

/** Adds the units of one second to what was found. */
function collect(found: Found, units: ReadonlyMap<string, { form: string; units: number }>): void {
  const above = new Set<string>();
  for (const [partition, { form, units: written }] of units) {
    const known = found.get(form) ?? { partitions: new Set<string>(), max: 0, above: 0 };
    known.partitions.add(partition);
    known.max = Math.max(known.max, written);
    if (written > PARTITION_WRITE_UNITS) above.add(form);
    found.set(form, known);
  }
  for (const form of above) {
    const known = found.get(form);
    if (known) known.above += 1;
  }
}

interface WeightedOperation {
  /** How often it happens for an order that is placed, at most once. */
  readonly weight: number;
  readonly forms: ReadonlyMap<string, number>;
}

/** Returns what may happen with an order: half are buys, and each open order also ends. */
function weightedOperations(load: Load, costs: readonly OperationCost[]): WeightedOperation[] {
  const { open_share: opened, cancelled_share: cancelled } = load;
  const weights: Readonly<Record<string, number>> = {
    'market buy with key': (1 - opened) / 2,
    'market sale with key': (1 - opened) / 2,
    'limit buy with key, accepted': opened / 2,
    'limit sale with key, accepted': opened / 2,
    'limit buy, cancelled': (opened * cancelled) / 2,
    'limit sale, cancelled': (opened * cancelled) / 2,
    'limit buy, triggered': (opened * (1 - cancelled)) / 2,
    'limit sale, triggered': (opened * (1 - cancelled)) / 2,
  };
  return costs.flatMap((cost) => {
    const weight = weights[cost.name];
    return weight === undefined ? [] : [{ weight, forms: unitsByForm(cost) }];
  });
}

function pickUser({ users }: Load, random: () => number): number {
  const busy = Math.max(1, Math.floor(users * BUSY_USERS));
  return random() < ORDERS_OF_BUSY_USERS ? Math.floor(random() * busy) : Math.floor(random() * users);
}

function pickAsset({ hottest_asset_share: share }: Load, random: () => number): number {
  return random() < share ? 0 : 1 + Math.floor(random() * (ASSETS - 1));
}

interface Drawn {
  readonly user: number;
  readonly asset: number;
  readonly load: Load;
  readonly random: () => number;
}

/** Returns one partition of a form. */
function instanceOf(form: string, { user, asset, load, random }: Drawn): string {
  const partition = form
    .replace('{user}', `u${user}`)
    .replace('{asset}', `a${asset}`)
    .replace('{shard}', String(Math.floor(random() * EXPIRY_SHARDS)))
    .replace('{order}', () => String(random()));
  return form.startsWith('orders/TriggerIndex')
    ? `${partition}#${Math.floor(random() * load.trigger_shards)}`
    : partition;
}
