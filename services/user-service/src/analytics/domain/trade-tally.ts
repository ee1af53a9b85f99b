import type { AssetId, IsoTime } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, displayNumber, formatDecimal, formatUsd, roundDown, ZERO } from '@cnop/common/core/money';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { DaySpan } from '@cnop/common/entities/house/house-book';
import { effectOf, entersPosition } from '../../portfolio/domain/unit-effects.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;
/** The trades of each end of the list of results. */
const MAX_EXTREMES = 5;

/** Trades of a user in some part: an asset, a day, or all. USD. */
export interface TradeSums {
  readonly buys: number;
  readonly sales: number;
  /** The totals of buys and sales, without fees. */
  readonly volume: string;
  readonly fees: string;
  /** Of sales, settlements and refunds. */
  readonly realized_pnl: string;
}

/** A sale or a settlement with its result. */
export interface RealizedTrade {
  readonly transaction_id: string;
  readonly asset_id: AssetId;
  readonly quantity: string;
  readonly price: string;
  readonly realized_pnl: string;
  readonly timestamp: IsoTime;
}

/** What the trades of a user in a span of days came to. */
export interface TradeAnalytics {
  readonly total: TradeSums;
  readonly by_asset: (TradeSums & {
    readonly asset_id: AssetId;
    /** How long the units that left were held, first in, first out, weighted by units; rounded down. */
    readonly average_holding_seconds: number | null;
  })[];
  readonly by_day: (TradeSums & { readonly day: string })[];
  /** Those with a gain, the largest first. */
  readonly best_trades: RealizedTrade[];
  /** Those with a loss, the largest first. */
  readonly worst_trades: RealizedTrade[];
}

interface Sums {
  buys: number;
  sales: number;
  volume: Decimal;
  fees: Decimal;
  realized: Decimal;
}

/** The units of an asset in the order in which they came, and the time that those which left were held. */
interface Holding {
  readonly lots: { units: Decimal; readonly atMilliseconds: number }[];
  left: Decimal;
  unitMilliseconds: Decimal;
}

/** Follows the asset transactions of a user. */
export interface TradeTally {
  /** Takes the next transaction: assets one after the other, each from its first transaction on. */
  visit(transaction: AssetTransaction): void;
  result(): TradeAnalytics;
}

/** Creates a tally of the transactions within a span. Earlier ones only say how long units are held. */
export function createTradeTally({ from, to }: DaySpan): TradeTally {
  const total = noSums();
  const assets = new Map<AssetId, Sums>();
  const days = new Map<string, Sums>();
  const holdings = new Map<AssetId, Holding>();
  const results: AssetTransaction[] = [];

  return {
    visit(transaction) {
      const { asset_id, timestamp, transaction_type: type } = transaction;
      const day = timestamp.slice(0, DAY_LENGTH);
      const isWithin = from <= day && day <= to;
      followUnits(entryOf(holdings, asset_id, noHolding), transaction, isWithin);
      if (!isWithin) return;
      for (const sums of [total, entryOf(assets, asset_id, noSums), entryOf(days, day, noSums)])
        addTransaction(sums, transaction);
      if (type === 'sell' || type === 'settlement') results.push(transaction);
    },
    result() {
      const sorted = results.toSorted((one, other) =>
        decimal(other.realized_pnl ?? '0').cmp(one.realized_pnl ?? '0'),
      );
      const isGain = ({ realized_pnl }: AssetTransaction): boolean => decimal(realized_pnl ?? '0').gt(ZERO);
      const isLoss = ({ realized_pnl }: AssetTransaction): boolean => decimal(realized_pnl ?? '0').lt(ZERO);
      return {
        total: formatSums(total),
        by_asset: [...assets].toSorted(byKey).map(([asset_id, sums]) => ({
          asset_id,
          ...formatSums(sums),
          average_holding_seconds: averageSeconds(holdings.get(asset_id)),
        })),
        by_day: [...days].toSorted(byKey).map(([day, sums]) => ({ day, ...formatSums(sums) })),
        best_trades: sorted.filter(isGain).slice(0, MAX_EXTREMES).map(realizedTrade),
        worst_trades: sorted.toReversed().filter(isLoss).slice(0, MAX_EXTREMES).map(realizedTrade),
      };
    },
  };
}

function entryOf<Key, Value>(map: Map<Key, Value>, key: Key, create: () => Value): Value {
  const value = map.get(key) ?? create();
  map.set(key, value);
  return value;
}

function byKey([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function noSums(): Sums {
  return { buys: 0, sales: 0, volume: ZERO, fees: ZERO, realized: ZERO };
}

function noHolding(): Holding {
  return { lots: [], left: ZERO, unitMilliseconds: ZERO };
}

function addTransaction(
  sums: Sums,
  { transaction_type: type, total_amount, fees, realized_pnl }: AssetTransaction,
): void {
  sums.realized = sums.realized.plus(realized_pnl ?? '0');
  if (type !== 'buy' && type !== 'sell') return;
  if (type === 'buy') sums.buys += 1;
  else sums.sales += 1;
  sums.volume = sums.volume.plus(total_amount);
  sums.fees = sums.fees.plus(fees ?? '0');
}

/** Moves units in or out. Units that are disposed of leave in the order in which they came; returned ones, the last first. */
function followUnits(holding: Holding, transaction: AssetTransaction, isWithin: boolean): void {
  const effect = effectOf(transaction);
  const atMilliseconds = Date.parse(effect.at);
  if (entersPosition(effect)) {
    holding.lots.push({ units: effect.units, atMilliseconds });
    return;
  }
  const isDisposal = effect.kind === 'dispose';
  let left = effect.units;
  while (left.gt(ZERO)) {
    const lot = isDisposal ? holding.lots[0] : holding.lots.at(-1);
    if (!lot) return;
    const taken = lot.units.lt(left) ? lot.units : left;
    left = left.minus(taken);
    lot.units = lot.units.minus(taken);
    if (lot.units.eq(ZERO)) holding.lots.splice(isDisposal ? 0 : -1, 1);
    if (!isDisposal || !isWithin) continue;
    holding.left = holding.left.plus(taken);
    const held = String(Math.max(0, atMilliseconds - lot.atMilliseconds));
    holding.unitMilliseconds = holding.unitMilliseconds.plus(taken.times(held));
  }
}

function averageSeconds(holding: Holding | undefined): number | null {
  if (!holding || holding.left.eq(ZERO)) return null;
  const seconds = holding.unitMilliseconds.div(holding.left.times(String(MILLISECONDS_PER_SECOND)));
  return displayNumber(formatDecimal(roundDown(seconds, 0)));
}

function formatSums({ buys, sales, volume, fees, realized }: Sums): TradeSums {
  return { buys, sales, volume: formatUsd(volume), fees: formatUsd(fees), realized_pnl: formatUsd(realized) };
}

function realizedTrade({
  transaction_id,
  asset_id,
  quantity,
  price,
  realized_pnl,
  timestamp,
}: AssetTransaction): RealizedTrade {
  return { transaction_id, asset_id, quantity, price, realized_pnl: realized_pnl ?? '0.00', timestamp };
}
