import type { AssetId, Username } from '@cnop/common/core/brands';
import type { Position } from '@cnop/common/core/pagination';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';

// Computes returns forwards from the raw items of the store, in whole cents and fractions of integers. Shares no code with the
// service, which walks backwards with decimals.

interface Movement {
  readonly time: number;
  /** In cents. */
  readonly cash: bigint;
  readonly isFlow: boolean;
}

interface Trade {
  readonly time: number;
  readonly assetId: string;
  /** In units of 10^-18. */
  readonly units: bigint;
  readonly price: bigint;
}

type Attributes = Readonly<Record<string, unknown>>;

const SCALE = 18;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function scaled(text: unknown, scale: number): bigint {
  const [whole = '', fraction = ''] = String(text).split('.');
  return BigInt(whole + fraction.slice(0, scale).padEnd(scale, '0'));
}

async function readItems(
  store: TableStore,
  table: ItemKey['table'],
  pk: string,
  prefix = '',
): Promise<Attributes[]> {
  const found: Attributes[] = [];
  let after: Position | undefined;
  do {
    const page = await store.query({ table, pk, sk: { prefix }, order: 'ascending', limit: 1_000, after });
    found.push(...page.items.map(({ attributes }) => attributes));
    after = page.next;
  } while (after);
  return found;
}

/** The raw history of an account, with the hourly prices of its assets. */
export async function readRawAccount(store: TableStore, username: Username, assets: readonly AssetId[]) {
  const entries = await readItems(store, 'users', username, 'TRANS#');
  const movements = entries.map((entry): Movement => {
    const amount = scaled(entry.amount, 2);
    return {
      time: Date.parse(String(entry.created_at)),
      cash: entry.direction === 'credit' ? amount : -amount,
      isFlow: entry.transaction_type !== 'order_payment',
    };
  });
  const trades: Trade[] = [];
  const prices = new Map<string, { readonly time: number; readonly price: bigint }[]>();
  for (const assetId of assets) {
    const known: { readonly time: number; readonly price: bigint }[] = [];
    for (const trade of await readItems(store, 'users', `TRANS#${username}#${assetId}`)) {
      const time = Date.parse(String(trade.timestamp));
      const units = scaled(trade.quantity, SCALE);
      const price = scaled(trade.price, SCALE);
      trades.push({ time, assetId, units: trade.transaction_type === 'buy' ? units : -units, price });
      known.push({ time, price });
    }
    for (const candle of await readItems(store, 'inventory', `CANDLE#${assetId}#1h`)) {
      const time = Date.parse(String(candle.open_time)) + HOUR;
      known.push({ time, price: scaled(candle.close, SCALE) });
    }
    prices.set(
      assetId,
      known.toSorted((one, other) => one.time - other.time),
    );
  }

  /** In cents, each position rounded down; at a moment with flows, those included or not. */
  function valueAt(time: number, withMoment: boolean): bigint {
    const isPast = (one: { readonly time: number }) => (withMoment ? one.time <= time : one.time < time);
    let value = movements.filter(isPast).reduce((sum, { cash }) => sum + cash, 0n);
    for (const assetId of assets) {
      const units = trades
        .filter((trade) => trade.assetId === assetId && isPast(trade))
        .reduce((sum, trade) => sum + trade.units, 0n);
      const price = prices.get(assetId)?.findLast((one) => one.time <= time)?.price ?? 0n;
      value += (units * price) / 10n ** BigInt(2 * SCALE - 2);
    }
    return value;
  }

  return { movements, valueAt };
}

export type RawAccount = Awaited<ReturnType<typeof readRawAccount>>;

/** The time-weighted growth as a fraction, with a sub-period from each flow to the next. */
export function timeWeightedGrowth(
  { movements, valueAt }: RawAccount,
  from: number,
  to: number,
): [bigint, bigint] {
  const flowTimes = movements
    .filter(({ isFlow, time }) => isFlow && time > from && time <= to)
    .map(({ time }) => time);
  const ends = [...new Set([...flowTimes, to])].toSorted((one, other) => one - other);
  let [numerator, denominator, start] = [1n, 1n, valueAt(from, true)];
  for (const end of ends) {
    const isFlow = flowTimes.includes(end);
    if (start > 0n) [numerator, denominator] = [numerator * valueAt(end, !isFlow), denominator * start];
    start = valueAt(end, true);
  }
  return [numerator, denominator];
}

/** Returns a fraction minus one with eight digits, rounded to the nearest. */
export function rateOf([numerator, denominator]: readonly [bigint, bigint]): string {
  const doubled = (2n * 10n ** 8n * (numerator - denominator)) / denominator;
  const rounded = (doubled + (doubled < 0n ? -1n : 1n)) / 2n;
  return String(Number(rounded) / 1e8);
}

/** The annual rate of the money-weighted return, by Newton's method on the textbook equation. */
export function annualRate({ movements, valueAt }: RawAccount, from: number, to: number): number {
  const payments = [
    { time: from, amount: -Number(valueAt(from, true)) },
    ...movements
      .filter(({ isFlow, time }) => isFlow && time > from && time <= to)
      .map(({ time, cash }) => ({ time, amount: -Number(cash) })),
    { time: to, amount: Number(valueAt(to, true)) },
  ].filter(({ amount }) => amount !== 0);
  const start = payments[0]?.time ?? from;
  let rate = 0.1;
  for (let step = 0; step < 200; step += 1) {
    let [value, slope] = [0, 0];
    for (const { time, amount } of payments) {
      const years = (time - start) / DAY / 365;
      value += amount / (1 + rate) ** years;
      slope -= (years * amount) / (1 + rate) ** (years + 1);
    }
    const next = Math.max(rate - value / slope, (rate - 1) / 2);
    if (Math.abs(next - rate) < 1e-15) break;
    rate = next;
  }
  return rate;
}
