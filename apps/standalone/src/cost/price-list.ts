import { ConfigError } from '@cnop/common/config/read-config';
import { z } from 'zod';
import type { OperationCost } from './measurement.ts';
import priceLists from './price-lists.json' with { type: 'json' };

/** The prices of DynamoDB on demand in one region, in US dollars. */
const priceListSchema = z.strictObject({
  region: z.string().min(1),
  /** The day on which the prices were taken from the provider's page. */
  as_of: z.iso.date(),
  usd_per_million_write_units: z.number().positive(),
  usd_per_million_read_units: z.number().positive(),
  usd_per_gigabyte_month: z.number().positive(),
});
export type PriceList = z.output<typeof priceListSchema>;

const MILLION = 1_000_000;
const BYTES_PER_GIGABYTE = 1_024 ** 3;

/**
 * Returns the prices of a region from the shipped lists, or from a file in the same form.
 * @throws ConfigError when no list has the region
 */
export function priceListOf(region: string, lists: unknown = priceLists): PriceList {
  const known = z.array(priceListSchema).parse(lists);
  const found = known.find((list) => list.region === region);
  if (found) return found;
  const regions = known.map((list) => list.region).join(', ');
  throw new ConfigError(`There are no prices of ${region}, only of ${regions}. Give a file with --prices.`);
}

/** The capacity that is billed. */
export type Billed = Pick<OperationCost, 'writeUnits' | 'readUnits'>;

/** Returns the price of some capacity in US dollars. */
export function usdOf({ writeUnits, readUnits }: Billed, prices: PriceList): number {
  const { usd_per_million_write_units: write, usd_per_million_read_units: read } = prices;
  return (writeUnits * write + readUnits * read) / MILLION;
}

/** Returns the price of a million operations in US dollars. */
export function usdPerMillion(cost: Billed, prices: PriceList): number {
  return usdOf(cost, prices) * MILLION;
}

/** Returns the price of storing some bytes for a month in US dollars. */
export function usdOfStorage(bytes: number, { usd_per_gigabyte_month: price }: PriceList): number {
  return (bytes / BYTES_PER_GIGABYTE) * price;
}
