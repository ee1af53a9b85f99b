import type { IsoTime, TransactionId } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { CURRENCY_SCALE, MAX_SCALE } from '@cnop/common/core/money';
import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { yearOf } from '@cnop/common/entities/user/tax-method';
import { InternalError } from '@cnop/exception/errors';
import type { UnitEffect } from '../../portfolio/domain/unit-effects.ts';
import { entersPosition } from '../../portfolio/domain/unit-effects.ts';
import type { Lot, LotOrder } from './lot-heap.ts';
import { createLotHeap, dearestFirst, newestFirst, oldestFirst } from './lot-heap.ts';

/** The part of a departure that came from one lot. */
export interface LotPart {
  readonly lotId: TransactionId;
  readonly acquiredAt: IsoTime;
  /** In 10^-18 units of the asset. */
  readonly units: bigint;
  /** Cents. */
  readonly cost: bigint;
  /** Cents; zero when the units left without a sale. */
  readonly proceeds: bigint;
}

/** Units that left, with the lots that they came from. */
export interface Departure {
  readonly id: TransactionId;
  readonly at: IsoTime;
  readonly kind: 'dispose' | 'remove';
  /** Their proceeds add up to those of the departure. */
  readonly parts: readonly LotPart[];
}

/** The lots of one asset. */
export interface LotBook {
  /** Takes the next effect of a history and returns the departures that it completes. */
  follow(effect: UnitEffect): Departure[];
  /**
   * Returns the lots that are left, oldest first.
   * @throws InternalError when more units have left than came in
   */
  open(): Lot[];
}

/** Average cost has no order of its own; its lots are told apart by age alone. */
const ORDERS: Readonly<Record<LotMethod, LotOrder>> = {
  fifo: oldestFirst,
  lifo: newestFirst,
  hifo: dearestFirst,
  average: oldestFirst,
};

type Taken = Omit<LotPart, 'proceeds'>;

/**
 * Creates the lots of one asset, to follow its history oldest first. A method that changes with the year begins with what
 * the one before left.
 * @param methodOf the method of a year (UTC)
 * @see docs/reference/tax.md
 */
export function createLotBook(methodOf: (year: number) => LotMethod): LotBook {
  const pool = createLotPool();
  // Instances with different clocks may date a sale before the buy that it needs.
  const waiting: UnitEffect[] = [];

  const depart = (effect: UnitEffect): Departure => {
    const taken = effect.kind === 'refund_buy' ? pool.giveBack(effect) : pool.take(unitsOf(effect));
    const proceeds = spread(effect.kind === 'remove' ? 0n : centsOf(effect.cash), taken);
    return {
      id: effect.id,
      at: effect.at,
      kind: effect.kind === 'remove' ? 'remove' : 'dispose',
      parts: taken.map((part, index) => ({ ...part, proceeds: proceeds[index] ?? 0n })),
    };
  };

  return {
    follow(effect) {
      pool.use(methodOf(yearOf(effect.at)));
      if (entersPosition(effect)) pool.add(effect);
      else waiting.push(effect);
      const departures = effect.kind === 'refund_sale' ? [reversalOf(effect)] : [];
      for (let [next] = waiting; next && unitsOf(next) <= pool.units; [next] = waiting) {
        waiting.shift();
        departures.push(depart(next));
      }
      return departures;
    },

    open() {
      const [missing] = waiting;
      if (missing) throw new InternalError(new Error(`${missing.id} takes more units than there are`));
      return pool.lots();
    },
  };
}

/**
 * Creates an empty pool of lots. The cost that stays behind is rounded down to cents, as in a position, and what leaves takes
 * the rest.
 */
function createLotPool() {
  let method: LotMethod = 'fifo';
  let heap = createLotHeap(ORDERS[method]);
  // With average cost the lots share the whole cost, whatever they came with.
  let [units, cost] = [0n, 0n];
  let acquisitions = 0;

  const lots = (): Lot[] => {
    const all = heap.all();
    if (method !== 'average') return all;
    const costs = spread(cost, all);
    return all.map((lot, index) => ({ ...lot, cost: costs[index] ?? 0n }));
  };

  const takeInOrder = (due: bigint): Taken[] => {
    const taken: Taken[] = [];
    for (let rest = due; rest > 0n; ) {
      const lot = heap.first;
      if (!lot) throw new InternalError(new Error('the units of the lots are not those of their pool'));
      const [part, left] = divide(lot, lot.units < rest ? lot.units : rest);
      taken.push(part);
      heap.replaceFirst(left);
      rest -= part.units;
    }
    return taken;
  };

  /** @param leaving cents that average cost takes out with the parts; by other methods each has its own */
  const leave = (parts: readonly Taken[], leaving: bigint): Taken[] => {
    const costs = method === 'average' ? spread(leaving, parts) : parts.map((part) => part.cost);
    const taken = parts.map((part, index) => ({ ...part, cost: costs[index] ?? 0n }));
    units -= taken.reduce((sum, part) => sum + part.units, 0n);
    cost -= costs.reduce((sum, own) => sum + own, 0n);
    return taken;
  };

  return {
    get units() {
      return units;
    },

    /** Returns the lots with their costs, oldest first. */
    lots,

    /** Changes the method. What average cost has levelled stays so. */
    use(next: LotMethod): void {
      if (next === method) return;
      const present = lots();
      method = next;
      heap = createLotHeap(ORDERS[next], present);
    },

    add(effect: UnitEffect): void {
      const { id, orderId, at: acquiredAt } = effect;
      const amounts = { units: unitsOf(effect), cost: centsOf(effect.cost) };
      heap.add({ id, orderId, acquiredAt, sequence: acquisitions, ...amounts });
      acquisitions += 1;
      units += amounts.units;
      cost += amounts.cost;
    },

    /** Takes units out; there must be as many. */
    take(due: bigint): Taken[] {
      const kept = keptCost(cost, units - due, units);
      return leave(takeInOrder(due), cost - kept);
    },

    /**
     * Takes the units of a refunded buy out: of the lot of its order, and what that no longer has by the method. With average
     * cost they take the cost along that the position gave up for them.
     */
    giveBack(effect: UnitEffect): Taken[] {
      const due = unitsOf(effect);
      const bought = heap.all().find(({ orderId }) => orderId !== null && orderId === effect.orderId);
      const [own, left] = bought ? divide(bought, bought.units < due ? bought.units : due) : [];
      if (bought) heap.replace(bought, left);
      const taken = [...(own ? [own] : []), ...takeInOrder(due - (own?.units ?? 0n))];
      const stated = centsOf(effect.cost);
      return leave(taken, due === units || stated > cost ? cost : stated);
    },
  };
}

/** Divides a lot into the part that is taken and what is left of it. */
function divide(lot: Lot, moved: bigint): [Taken, Lot | undefined] {
  const left = lot.units - moved;
  const kept = keptCost(lot.cost, left, lot.units);
  const part = { lotId: lot.id, acquiredAt: lot.acquiredAt, units: moved, cost: lot.cost - kept };
  return [part, left > 0n ? { ...lot, units: left, cost: kept } : undefined];
}

/** Returns the disposal that takes a refunded sale back: its amounts are negative, and its units are a new lot. */
function reversalOf(effect: UnitEffect): Departure {
  const { id, at, cash, cost } = effect;
  const amounts = { units: unitsOf(effect), cost: -centsOf(cost), proceeds: -centsOf(cash) };
  return { id, at, kind: 'dispose', parts: [{ lotId: id, acquiredAt: at, ...amounts }] };
}

const unitsOf = ({ units }: Pick<UnitEffect, 'units'>): bigint => units.unitsAt(MAX_SCALE);

const centsOf = (usd: Decimal): bigint => usd.unitsAt(CURRENCY_SCALE);

/** 10 to the digits, after the cents, of a quotient of amounts. */
const QUOTIENT_STEPS = 10n ** 18n;

/** Returns the cost of the units that stay, in cents: divided, and rounded down, exactly as in a position. */
function keptCost(cost: bigint, kept: bigint, before: bigint): bigint {
  const nearest = (2n * cost * kept * QUOTIENT_STEPS + before) / (2n * before);
  return nearest / QUOTIENT_STEPS;
}

/** Divides cents by units, each share rounded down; the last takes the rest. */
function spread(cents: bigint, items: readonly Pick<Lot, 'units'>[]): bigint[] {
  const units = items.reduce((sum, item) => sum + item.units, 0n);
  const shares = items.slice(0, -1).map((item) => (cents * item.units) / units);
  return items.length === 0 ? [] : [...shares, shares.reduce((rest, share) => rest - share, cents)];
}
