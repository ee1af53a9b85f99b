import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { formatCsv, MAX_CSV_ROWS } from '@cnop/common/core/csv';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { AssetPeriod, AssetSums, DaySpan, HouseSums } from '@cnop/common/entities/house/house-book';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { houseAsset, LEDGER_ACCOUNTS } from '@cnop/common/entities/user/balance-rules';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { UserDependencies } from '../../use-cases/dependencies.ts';
import { addHouseSums, NO_ASSET_SUMS, NO_HOUSE_SUMS } from '../domain/fold-entry.ts';
import { isAboveLimit } from './close-exposed-assets.ts';

type ReadDeps = Pick<UserDependencies, 'houseBook' | 'assets' | 'quotes'>;

/** What the house earned and corrected, and what every account received. USD. */
export interface HouseResult {
  readonly spread: string;
  readonly fees: string;
  readonly rounding: string;
  /** The sum of the three above. */
  readonly earned: string;
  /** Negative for what staff credited to users. */
  readonly adjustments: string;
  readonly accounts: Readonly<Record<string, string>>;
}

/** The house's position in an asset since the beginning, with what it earned by trading it. */
export interface AssetExposure extends Pick<AssetSums, 'units' | 'cash' | 'spread' | 'fees' | 'rounding'> {
  readonly asset_id: AssetId;
  readonly name: string;
  readonly status: Asset['status'];
  /** USD per unit. */
  readonly mid_price: Price;
  /** USD: the units at the mid price. Negative for units that the house has sold. */
  readonly value: string;
  /** USD: cash plus value, the result of the position itself. */
  readonly result: string;
  readonly max_house_exposure: Asset['max_house_exposure'];
  readonly is_above_limit: boolean;
}

/** The house book: the result of a span of days and of all days, and the exposure in each asset. */
export interface HouseBook extends DaySpan {
  /** Everything that was committed until then is in the book; null before the end of the first pass. */
  readonly complete_to: IsoTime | null;
  readonly period: HouseResult;
  readonly all_days: HouseResult;
  /** Days with a movement, oldest first. */
  readonly days: readonly (HouseResult & { readonly day: string })[];
  readonly assets: readonly AssetExposure[];
}

/** Reads the house book for a span of days. */
export async function readHouseBook(deps: ReadDeps, span: DaySpan): Promise<HouseBook> {
  const { houseBook, assets } = deps;
  // Read first: what is added later only makes the answer newer.
  const complete_to = await houseBook.getCompleteTo();
  const [days, total, catalogue] = await Promise.all([
    houseBook.getHouseDays(span),
    houseBook.getHouseTotal(),
    assets.getAssets(),
  ]);
  const totals = await readTotals(deps, catalogue);
  return {
    complete_to,
    ...span,
    period: resultOf(days.reduce<HouseSums>(addHouseSums, NO_HOUSE_SUMS)),
    all_days: resultOf(total ?? NO_HOUSE_SUMS),
    days: days.map((sums) => ({ day: sums.period, ...resultOf(sums) })),
    assets: catalogue.flatMap((asset) => {
      const sums = totals.get(asset.asset_id);
      return sums || asset.max_house_exposure !== null ? [exposureOf(deps, asset, sums)] : [];
    }),
  };
}

/** The house's book of one asset. */
export interface AssetBook extends DaySpan {
  readonly complete_to: IsoTime | null;
  readonly exposure: AssetExposure;
  /** Days with a trade, oldest first. */
  readonly days: readonly (AssetSums & { readonly day: string })[];
}

/**
 * Reads the house's book of one asset for a span of days.
 * @throws NotFoundError (404)
 */
export async function readAssetBook(deps: ReadDeps, assetId: AssetId, span: DaySpan): Promise<AssetBook> {
  const complete_to = await deps.houseBook.getCompleteTo();
  const asset = await deps.assets.getAsset(assetId);
  if (!asset) throw new NotFoundError('The asset');
  const [[total], days] = await Promise.all([
    deps.houseBook.getAssetTotals([assetId]),
    deps.houseBook.getAssetDays(assetId, span),
  ]);
  return {
    complete_to,
    ...span,
    exposure: exposureOf(deps, asset, total),
    days: days.map(({ period, asset_id: _id, ...sums }) => ({ day: period, ...sums })),
  };
}

/**
 * Exports what each account received on each day, and the units of the accounts of assets, as CSV, oldest first.
 * @throws ValidationError (422) for more rows than one download has
 */
export async function exportHouseBook({ houseBook, assets }: ReadDeps, span: DaySpan): Promise<string> {
  const rows = (await houseBook.getHouseDays(span)).flatMap(({ period, accounts }) =>
    Object.entries(accounts).map(([account, amount]) => [period, account, amount, '']),
  );
  for (const { asset_id } of await assets.getCatalogue()) {
    const account = houseAsset(asset_id);
    const days = await houseBook.getAssetDays(asset_id, span);
    rows.push(...days.map(({ period, cash, units }) => [period, account, cash, units]));
  }
  if (rows.length > MAX_CSV_ROWS) {
    const message = `There are more than ${MAX_CSV_ROWS} rows. Ask for a shorter period.`;
    throw ValidationError.ofParameter('from', message, 'period_too_wide');
  }
  const byDay = rows.toSorted((one, other) => compare(one, other));
  return formatCsv(['day', 'account', 'usd', 'units'], byDay);
}

function compare(
  [day = '', account = '']: readonly string[],
  [otherDay = '', other = '']: readonly string[],
): number {
  if (day !== otherDay) return day < otherDay ? -1 : 1;
  return account < other ? -1 : 1;
}

async function readTotals(
  { houseBook }: ReadDeps,
  catalogue: readonly Asset[],
): Promise<ReadonlyMap<AssetId, AssetPeriod>> {
  const totals = await houseBook.getAssetTotals(catalogue.map(({ asset_id }) => asset_id));
  return new Map(totals.map((total) => [total.asset_id, total]));
}

function resultOf({ accounts }: HouseSums): HouseResult {
  const received = (account: string): string => accounts[account] ?? '0';
  const [spread, fees, rounding] = [
    received(LEDGER_ACCOUNTS.spread),
    received(LEDGER_ACCOUNTS.fee),
    received(LEDGER_ACCOUNTS.rounding),
  ];
  return {
    spread,
    fees,
    rounding,
    earned: formatDecimal(decimal(spread).plus(fees).plus(rounding)),
    adjustments: received(LEDGER_ACCOUNTS.adjustment),
    accounts,
  };
}

function exposureOf({ quotes }: ReadDeps, asset: Asset, sums: AssetSums = NO_ASSET_SUMS): AssetExposure {
  const { asset_id, name, status, max_house_exposure } = asset;
  const { units, cash, spread, fees, rounding } = sums;
  const quote = quotes.latest(asset_id);
  const mid_price = quote && quote.at >= asset.last_price_update ? quote.mid : asset.current_price;
  const value = decimal(units).times(mid_price);
  return {
    asset_id,
    name,
    status,
    units,
    cash,
    spread,
    fees,
    rounding,
    mid_price,
    value: formatDecimal(value),
    result: formatDecimal(value.plus(cash)),
    max_house_exposure,
    is_above_limit: isAboveLimit(asset, sums),
  };
}
