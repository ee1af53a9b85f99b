import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import fc from 'fast-check';

// An independent script of tax lots: plain lists, searched from the start for every sale, in whole numbers.

export const METHODS: readonly LotMethod[] = ['fifo', 'lifo', 'hifo', 'average'];

/** A movement of units in smallest steps, with cents. */
export interface ModelMovement {
  readonly id: string;
  readonly kind: 'acquire' | 'dispose' | 'remove';
  readonly units: bigint;
  readonly cash: bigint;
  readonly at: string;
}

export interface ModelPart {
  readonly lotId: string;
  readonly units: bigint;
  readonly cost: bigint;
  readonly proceeds: bigint;
}

interface ModelLot {
  readonly id: string;
  units: bigint;
  cost: bigint;
}

export const sum = (values: readonly bigint[]): bigint => values.reduce((total, value) => total + value, 0n);

function shares(cents: bigint, units: readonly bigint[]): bigint[] {
  const parts = units.map((own) => (cents * own) / sum(units));
  if (parts.length > 0) parts[parts.length - 1]! += cents - sum(parts);
  return parts;
}

/** Returns the index of the lot that a method uses up next. */
function nextLot(lots: readonly ModelLot[], method: LotMethod): number {
  if (method === 'lifo') return lots.length - 1;
  let best = 0;
  if (method === 'hifo') {
    lots.forEach((lot, index) => {
      if (lot.cost * lots[best]!.units > lots[best]!.cost * lot.units) best = index;
    });
  }
  return best;
}

/** Follows one asset; returns the lots of every disposal and removal by id, and the lots that are left. */
export function modelLots(
  movements: readonly ModelMovement[],
  methodOf: (year: number) => LotMethod,
): { readonly departures: ReadonlyMap<string, readonly ModelPart[]>; readonly left: readonly ModelLot[] } {
  const lots: ModelLot[] = [];
  const departures = new Map<string, readonly ModelPart[]>();
  let wasAverage = false;
  const level = (): void => {
    const costs = shares(
      sum(lots.map(({ cost }) => cost)),
      lots.map(({ units }) => units),
    );
    lots.forEach((lot, index) => (lot.cost = costs[index]!));
  };
  for (const { id, kind, units, cash, at } of movements) {
    const method = methodOf(new Date(at).getUTCFullYear());
    if (wasAverage && method !== 'average') level();
    wasAverage = method === 'average';
    if (kind === 'acquire') {
      lots.push({ id, units, cost: cash });
      continue;
    }
    const [costBefore, unitsBefore] = [sum(lots.map(({ cost }) => cost)), sum(lots.map((lot) => lot.units))];
    const parts: { lotId: string; units: bigint; cost: bigint }[] = [];
    let due = units;
    while (due > 0n) {
      const index = nextLot(lots, method);
      const lot = lots[index]!;
      const moved = lot.units < due ? lot.units : due;
      const kept = (lot.cost * (lot.units - moved)) / lot.units;
      parts.push({ lotId: lot.id, units: moved, cost: lot.cost - kept });
      Object.assign(lot, { units: lot.units - moved, cost: kept });
      if (lot.units === 0n) lots.splice(index, 1);
      due -= moved;
    }
    if (method === 'average') {
      const kept = (costBefore * (unitsBefore - units)) / unitsBefore;
      const costs = shares(
        costBefore - kept,
        parts.map((part) => part.units),
      );
      parts.forEach((part, index) => (part.cost = costs[index]!));
      const left = shares(
        kept,
        lots.map((lot) => lot.units),
      );
      lots.forEach((lot, index) => (lot.cost = left[index]!));
    }
    const proceeds = shares(
      kind === 'dispose' ? cash : 0n,
      parts.map((part) => part.units),
    );
    departures.set(
      id,
      parts.map((part, index) => ({ ...part, proceeds: proceeds[index]! })),
    );
  }
  if (wasAverage) level();
  return { departures, left: lots };
}

/** Generates histories of about three years whose departures never take more than is held. */
export const histories = (maxUnits: bigint): fc.Arbitrary<ModelMovement[]> =>
  fc
    .array(
      fc.record({
        kind: fc.constantFrom('acquire', 'acquire', 'dispose', 'dispose', 'remove'),
        units: fc.bigInt({ min: 1n, max: maxUnits }),
        cash: fc.bigInt({ min: 0n, max: 10n ** 9n }),
      }),
      { minLength: 1, maxLength: 30 },
    )
    .map((steps) => {
      let held = 0n;
      return steps.map(({ kind, units, cash }, index): ModelMovement => {
        const leaves = kind !== 'acquire' && held > 0n;
        const moved = leaves && units > held ? held : units;
        held += leaves ? -moved : moved;
        const at = new Date(Date.UTC(2026, 0, 20 + index * 37)).toISOString();
        return { id: `m-${index}`, kind: leaves ? kind : 'acquire', units: moved, cash, at };
      });
    });
