import { InternalError } from '@cnop/exception/errors';
import type { Load } from './load.ts';
import { operationsADay, SECONDS_PER_DAY, STEADY_OPERATIONS } from './load.ts';
import type { OperationCost } from './measurement.ts';
import type { DailyOperation, HotPartition } from './partitions.ts';
import { hotPartitionsOf, PARTITION_WRITE_UNITS } from './partitions.ts';
import type { PriceList } from './price-list.ts';
import { usdOf, usdOfStorage } from './price-list.ts';

const DAYS_A_MONTH = 30;
/** Storage is priced after a year; that nothing expires until then errs on the dear side. */
const MONTHS_STORED = 12;

/** One operation in the bill of a month. */
export interface BillLine {
  readonly name: string;
  readonly times: number;
  readonly usd: number;
}

/** The bill of a month, in US dollars, and the partitions that come closest to a limit at the peak. */
export interface Bill {
  /** The dearest operation first. */
  readonly lines: readonly BillLine[];
  readonly requestsUsd: number;
  /** After a year of this load, for a month. */
  readonly storageUsd: number;
  readonly peakWriteUnits: number;
  readonly peakReadUnits: number;
  /** The hottest first. */
  readonly partitions: readonly HotPartition[];
  /**
   * The least time in which half of the open orders of the hottest asset can be executed when one price triggers them:
   * each leaves the trigger index.
   */
  readonly secondsToTrigger: number;
}

/**
 * Computes the bill of a month for a load.
 * @throws InternalError when an operation of the load was not measured
 */
export function billOf(load: Load, costs: readonly OperationCost[], prices: PriceList): Bill {
  const byName = new Map(costs.map((cost) => [cost.name, cost]));
  const daily = [...operationsADay(load)].map(([name, times]): DailyOperation => {
    const cost = byName.get(name);
    if (!cost) throw new InternalError(new Error(`the operation ${name} was not measured`));
    return { name, times, cost, peakFactor: STEADY_OPERATIONS.has(name) ? 1 : load.peak_factor };
  });
  const lines = daily
    .map(({ name, times, cost }) => ({
      name,
      times: times * DAYS_A_MONTH,
      usd: usdOf(cost, prices) * times * DAYS_A_MONTH,
    }))
    .toSorted((one, other) => other.usd - one.usd);
  const sum = (part: (operation: DailyOperation) => number): number =>
    daily.reduce((total, operation) => total + operation.times * part(operation), 0);
  const bytesAMonth = sum(({ cost }) => cost.grownBytes) * DAYS_A_MONTH;
  return {
    lines,
    requestsUsd: lines.reduce((total, { usd }) => total + usd, 0),
    storageUsd: usdOfStorage(bytesAMonth * MONTHS_STORED, prices),
    peakWriteUnits: sum(({ cost, peakFactor }) => cost.writeUnits * peakFactor) / SECONDS_PER_DAY,
    peakReadUnits: sum(({ cost, peakFactor }) => cost.readUnits * peakFactor) / SECONDS_PER_DAY,
    partitions: hotPartitionsOf(load, daily),
    secondsToTrigger:
      (load.open_orders * load.hottest_asset_share) / 2 / (load.trigger_shards * PARTITION_WRITE_UNITS),
  };
}
