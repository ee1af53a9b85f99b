import { isoTime } from '@cnop/common/core/brands';
import { decimal, formatDecimal, isStorable, ZERO } from '@cnop/common/core/money';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

const MINUTE_MILLISECONDS = 60_000;
const HOUR_MINUTES = 60;
const DAY_MINUTES = 24 * HOUR_MINUTES;
const DAY_MILLISECONDS = DAY_MINUTES * MINUTE_MILLISECONDS;

const MINUTES: Readonly<Record<CandleInterval, number>> = {
  '1m': 1,
  '5m': 5,
  '15m': 15,
  '1h': HOUR_MINUTES,
  '1d': DAY_MINUTES,
};

/** The next shorter interval, and the retention of its candles in days. */
const SHORTER: Partial<Readonly<Record<CandleInterval, readonly [CandleInterval, number]>>> = {
  '5m': ['1m', 7],
  '15m': ['5m', 30],
  '1h': ['15m', 90],
  '1d': ['1h', 730],
};

/** The stored volume of a candle whose trades exceed the largest storable number. */
const LARGEST_VOLUME = `${'9'.repeat(15)}.${'9'.repeat(18)}`;

/** Checks prices and time of a candle. */
export function checkCandle({ key, entity }: StoredOf<'candle'>): Violation[] {
  const { open, high, low, close, interval, open_time } = entity;
  const found: Violation[] = [];
  if ([open, close].some((price) => decimal(price).lt(low) || decimal(price).gt(high))) {
    const text = `The prices ${open} and ${close} are not between ${low} and ${high}.`;
    found.push(violation('candle-prices', [key], text));
  }
  if (Date.parse(open_time) % spanOf(interval) !== 0) {
    found.push(violation('candle-time', [key], `${open_time} is no multiple of ${interval}.`));
  }
  return found;
}

/** Checks that a candle with a later one of its asset and interval is final. */
export function checkOver(before: StoredOf<'candle'> | undefined): Violation[] {
  return !before || before.entity.final
    ? []
    : [violation('candle-open', [before.key], 'It is not final, but a later candle follows.')];
}

/** Returns the candles of the next shorter interval that make up a candle. None for a candle that is not final, or when they may be deleted. */
export function partsOf(candle: Candle, now: Date): Pick<Candle, 'asset_id' | 'interval' | 'open_time'>[] {
  const { asset_id, open_time, final } = candle;
  const shorter = SHORTER[candle.interval];
  if (!shorter || !final) return [];
  const [interval, keptDays] = shorter;
  const opensAt = Date.parse(open_time);
  if (opensAt < now.getTime() - keptDays * DAY_MILLISECONDS) return [];
  const count = spanOf(candle.interval) / spanOf(interval);
  return Array.from({ length: count }, (_, position) => {
    const at = new Date(opensAt + position * spanOf(interval));
    return { asset_id, interval, open_time: isoTime(at) };
  });
}

/**
 * Compares a candle with the aggregate of its parts.
 * @param parts all of them, in the order of time
 */
export function checkParts(candle: StoredOf<'candle'>, parts: readonly StoredOf<'candle'>[]): Violation[] {
  const [first, last] = [parts[0], parts.at(-1)];
  if (!first || !last || !parts.every(({ entity }) => entity.final)) return [];
  const candles = parts.map(({ entity }) => entity);
  const volume = candles.reduce((sum, part) => sum.plus(part.volume), ZERO);
  const due = {
    open: first.entity.open,
    high: candles.map(({ high }) => high).reduce((one, other) => (decimal(other).gt(one) ? other : one)),
    low: candles.map(({ low }) => low).reduce((one, other) => (decimal(other).lt(one) ? other : one)),
    close: last.entity.close,
    volume: isStorable(volume) ? formatDecimal(volume) : LARGEST_VOLUME,
  };
  const wrong = (['open', 'high', 'low', 'close', 'volume'] as const).filter(
    (field) => !decimal(due[field]).eq(candle.entity[field]),
  );
  if (wrong.length === 0) return [];
  const differences = wrong.map(
    (field) => `${field} is ${candle.entity[field]}, but ${due[field]} in its parts.`,
  );
  return [violation('candle-parts', [candle.key, ...parts.map(({ key }) => key)], differences.join(' '))];
}

function spanOf(interval: CandleInterval): number {
  return MINUTES[interval] * MINUTE_MILLISECONDS;
}
