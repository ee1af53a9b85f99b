import type { Username } from '@cnop/common/core/brands';
import fc from 'fast-check';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bookTrade } from './booked-trade.ts';

// A random life of an account, and a fold of it from the start that shares no code with the platform.

const ASSETS = ['BTC', 'ETH'] as const;

interface Step {
  readonly kind: 'deposit' | 'withdraw' | 'buy' | 'sell';
  readonly asset: (typeof ASSETS)[number];
  /** Whole units or hundreds of USD, cut down to what is there. */
  readonly size: number;
  /** USD per unit. */
  readonly price: number;
  readonly hoursLater: number;
}

/** What one step did, in cents and whole units. */
export interface JournalLine {
  readonly at: string;
  readonly asset: string;
  readonly cash: number;
  readonly units: number;
  /** The change of the cost of the position. */
  readonly cost: number;
  readonly realized: number;
}

export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('deposit', 'withdraw', 'buy', 'buy', 'sell', 'sell'),
    asset: fc.constantFrom(...ASSETS),
    size: fc.integer({ min: 1, max: 9 }),
    price: fc.integer({ min: 1, max: 40 }),
    // Some in the same hour, some weeks apart.
    hoursLater: fc.constantFrom(0, 1, 30, 400),
  }),
  { minLength: 1, maxLength: 25 },
);

interface Position {
  units: number;
  cost: number;
}

/** Carries out the steps and returns the journal of those that were possible. */
export async function live(
  service: UserServiceUnderTest,
  {
    username,
    call,
  }: { readonly username: Username; readonly call: (path: string, amount: string) => Promise<unknown> },
  history: readonly Step[],
): Promise<JournalLine[]> {
  const journal: JournalLine[] = [];
  const positions = new Map<string, Position>();
  let cash = 0;
  for (const { kind, asset, size, price, hoursLater } of history) {
    // A millisecond keeps the order of times.
    service.clock.set(new Date(service.clock.now().getTime() + hoursLater * 3_600_000 + 1));
    const at = service.clock.now().toISOString();
    const position = positions.get(asset) ?? { units: 0, cost: 0 };
    positions.set(asset, position);
    const line = { at, asset, units: 0, cost: 0, realized: 0 };
    if (kind === 'deposit' || kind === 'withdraw') {
      const amount = kind === 'deposit' ? size * 10_000 : -Math.min(size * 10_000, cash);
      if (amount === 0) continue;
      await call(`/balance/${kind}`, (Math.abs(amount) / 100).toFixed(2));
      journal.push({ ...line, cash: amount });
      cash += amount;
      continue;
    }
    const units = kind === 'buy' ? size : -Math.min(size, position.units);
    const moved = -units * price * 100;
    if (units === 0 || cash + moved < 0) continue;
    const kept = Math.floor((position.cost * (position.units + units)) / position.units);
    const cost = kind === 'buy' ? -moved : kept - position.cost;
    const realized = kind === 'buy' ? 0 : moved + cost;
    await bookTrade(service, {
      username,
      assetId: asset,
      units: String(units),
      cash: (Math.abs(moved) / 100).toFixed(2),
      ...(kind === 'sell' && { realized: (realized / 100).toFixed(2) }),
    });
    journal.push({ ...line, cash: moved, units, cost, realized });
    Object.assign(position, { units: position.units + units, cost: position.cost + cost });
    cash += moved;
  }
  return journal;
}

const usd = (cents: number): string => (cents / 100).toFixed(2);
const total = (lines: readonly JournalLine[], member: 'cash' | 'units' | 'cost' | 'realized'): number =>
  lines.reduce((sum, line) => sum + line[member], 0);

/** Folds a journal from its start up to a moment, inclusive. */
export function replay(journal: readonly JournalLine[], at: string) {
  const lines = journal.filter((line) => line.at <= at);
  return {
    cash: usd(total(lines, 'cash')),
    realized: usd(total(lines, 'realized')),
    positions: ASSETS.flatMap((asset) => {
      const own = lines.filter((line) => line.asset === asset);
      const units = total(own, 'units');
      return units === 0
        ? []
        : [{ asset_id: asset, quantity: String(units), total_invested: usd(total(own, 'cost')) }];
    }),
  };
}
