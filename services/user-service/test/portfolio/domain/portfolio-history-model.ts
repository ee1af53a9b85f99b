import type { IsoTime, Usd } from '@cnop/common/core/brands';
import { isoTime, knownPrice } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction, UnitMovement } from '@cnop/common/entities/asset/asset-transaction';
import { isUnitMovement } from '@cnop/common/entities/asset/asset-transaction';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { anAssetTransaction, aStoredAssetBalance } from '@cnop/testing/builders/asset';
import { aUsd } from '@cnop/testing/builders/brands';
import { aBalanceTransaction } from '@cnop/testing/builders/user';
import fc from 'fast-check';
import type { HistoryFacts, HistoryPoint } from '../../../src/portfolio/domain/portfolio-history.ts';

// The model runs an account forwards in whole cents and units and records every state. Walking back must find these states.

export const ASSETS = ['BTC', 'DOGE'] as const;
type AssetId = (typeof ASSETS)[number];
const START = Date.parse('2026-01-15T12:00:00.000Z');
export const RUNS = { numRuns: 300 };

interface Step {
  readonly kind:
    | 'deposit'
    | 'withdraw'
    | 'system_adjustment'
    | 'buy'
    | 'sell'
    | 'send'
    | 'receive'
    | 'reward';
  readonly asset: AssetId;
  readonly units: number;
  readonly cents: number;
  /** Minutes after the previous step; several steps may share a moment. */
  readonly pause: number;
}

interface State {
  readonly minute: number;
  readonly cash: bigint;
  readonly netDeposits: bigint;
  readonly units: Readonly<Record<AssetId, bigint>>;
  readonly invested: Readonly<Record<AssetId, bigint>>;
  readonly realized: Readonly<Record<AssetId, bigint>>;
  readonly transferredGain: Readonly<Record<AssetId, bigint>>;
}

const NOTHING = { BTC: 0n, DOGE: 0n };
const EMPTY: State = {
  minute: 0,
  cash: 0n,
  netDeposits: 0n,
  units: NOTHING,
  invested: NOTHING,
  realized: NOTHING,
  transferredGain: NOTHING,
};

export const steps = fc.array(
  fc.record({
    kind: fc.constantFrom(
      'deposit',
      'withdraw',
      'system_adjustment',
      'buy',
      'sell',
      'send',
      'receive',
      'reward',
    ),
    asset: fc.constantFrom(...ASSETS),
    units: fc.integer({ min: 1, max: 20 }),
    cents: fc.integer({ min: -50_000, max: 50_000 }).filter((cents) => cents !== 0),
    pause: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 40, size: 'max' },
);

export const timeOf = (minute: number): IsoTime => isoTime(new Date(START + minute * 60_000));
const minuteOf = (at: string): number => (Date.parse(at) - START) / 60_000;
export const usd = (cents: bigint): Usd => {
  const digits = String(cents < 0n ? -cents : cents).padStart(3, '0');
  return aUsd(`${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`);
};

/** Returns the state after a step; undefined for one that cash or units do not cover. */
function after(state: State, step: Step): State | undefined {
  const { kind, asset, units, pause } = step;
  const minute = state.minute + pause;
  const size = BigInt(Math.abs(step.cents));
  if (kind === 'buy' || kind === 'sell') {
    const held = state.units[asset];
    const cost = state.invested[asset];
    const count = BigInt(units);
    if (kind === 'buy' ? state.cash < size : held < count) return undefined;
    const left = kind === 'buy' ? held + count : held - count;
    const kept = kind === 'buy' ? cost + size : (cost * left) / held;
    const gain = kind === 'buy' ? 0n : size - (cost - kept);
    return {
      ...state,
      minute,
      cash: kind === 'buy' ? state.cash - size : state.cash + size,
      units: { ...state.units, [asset]: left },
      invested: { ...state.invested, [asset]: kept },
      realized: { ...state.realized, [asset]: state.realized[asset] + gain },
    };
  }
  if (kind === 'send' || kind === 'receive' || kind === 'reward') return afterMovement(state, step);
  const change = kind === 'deposit' ? size : kind === 'withdraw' ? -size : BigInt(step.cents);
  if (state.cash + change < 0n) return undefined;
  return { ...state, minute, cash: state.cash + change, netDeposits: state.netDeposits + change };
}

/** Units move at the price of the moment. A reward costs nothing; a transfer takes half of its value along as its cost. */
function afterMovement(state: State, { kind, asset, units, pause }: Step): State | undefined {
  const minute = state.minute + pause;
  const count = BigInt(kind === 'send' ? -units : units);
  const value = count * priceAt(asset, minute);
  const cost = kind === 'reward' ? 0n : value / 2n;
  const left = state.units[asset] + count;
  const invested = state.invested[asset] + cost;
  if (left < 0n || invested < 0n) return undefined;
  const gain = kind === 'reward' ? 0n : value - cost;
  return {
    ...state,
    minute,
    netDeposits: kind === 'reward' ? state.netDeposits : state.netDeposits + value,
    units: { ...state.units, [asset]: left },
    invested: { ...state.invested, [asset]: invested },
    transferredGain: { ...state.transferredGain, [asset]: state.transferredGain[asset] + gain },
  };
}

/** Returns the entry of a movement without cash. */
function movementOf({ kind, asset, units }: Step, { minute }: State, id: string): AssetTransaction {
  const at = timeOf(minute);
  return anAssetTransaction({
    transaction_id: id,
    asset_id: asset,
    transaction_type: kind === 'reward' ? 'staking' : 'transfer',
    quantity: String(units),
    total_amount: usd(BigInt(units) * priceAt(asset, minute)),
    direction: kind === 'send' ? 'out' : 'in',
    cost: '0.00',
    timestamp: at,
    created_at: at,
  });
}

interface Story {
  /** All states, starting with the empty account. */
  readonly states: readonly State[];
  readonly entries: readonly BalanceTransaction[];
  readonly trades: ReadonlyMap<string, AssetTransaction>;
  readonly movements: readonly UnitMovement[];
}

export function storyOf(chosen: readonly Step[]): Story {
  const states: State[] = [EMPTY];
  const entries: BalanceTransaction[] = [];
  const trades = new Map<string, AssetTransaction>();
  const movements: UnitMovement[] = [];
  for (const step of chosen) {
    const before = states.at(-1) ?? EMPTY;
    const state = after(before, step);
    if (!state) continue;
    const order_id = `order-${states.length}`;
    const isTrade = step.kind === 'buy' || step.kind === 'sell';
    states.push(state);
    if (step.kind === 'send' || step.kind === 'receive' || step.kind === 'reward') {
      const movement = movementOf(step, state, `movement-${states.length}`);
      if (isUnitMovement(movement)) movements.push(movement);
      continue;
    }
    entries.push(
      aBalanceTransaction({
        transaction_id: `entry-${entries.length + 1}`,
        sequence: entries.length + 1,
        transaction_type: isTrade ? 'order_payment' : step.kind,
        reference_id: isTrade ? order_id : null,
        previous_balance: usd(before.cash),
        new_balance: usd(state.cash),
        created_at: timeOf(state.minute),
      }),
    );
    if (!isTrade) continue;
    const quantity = String(step.units);
    const transaction_type = step.kind;
    trades.set(order_id, anAssetTransaction({ order_id, asset_id: step.asset, quantity, transaction_type }));
  }
  return { states, entries, trades, movements };
}

export const lastOf = ({ states }: Story): State => states.at(-1) ?? EMPTY;

function holdingsOf({ units, invested, realized, transferredGain }: State): StoredAssetBalance[] {
  return ASSETS.map((asset_id) =>
    aStoredAssetBalance({
      asset_id,
      quantity: String(units[asset_id]),
      total_invested: usd(invested[asset_id]),
      realized_pnl: usd(realized[asset_id]),
      transferred_gain: usd(transferredGain[asset_id]),
    }),
  );
}

/** Returns a price for an asset and a moment, in whole cents. */
const priceAt = (asset: AssetId, minute: number): bigint =>
  BigInt(asset === 'BTC' ? 100 + minute : 7 * minute + 1);

export const valueOf = (state: State, minute: number): bigint =>
  ASSETS.reduce((sum, asset) => sum + state.units[asset] * priceAt(asset, minute), 0n);

/** Returns the facts at the end of a story, with the given number of its newest entries. */
export function factsOf(
  story: Story,
  minutes: readonly number[],
  entriesRead = story.entries.length,
): HistoryFacts {
  const last = lastOf(story);
  const present = last.minute + 1;
  return {
    balance: { current_balance: usd(last.cash) },
    holdings: holdingsOf(last),
    entries: story.entries.toReversed().slice(0, entriesRead),
    hasAllEntries: entriesRead === story.entries.length,
    trades: story.trades,
    movements: story.movements.toReversed(),
    present: { at: timeOf(present), assetValue: decimal(usd(valueOf(last, present))) },
    times: minutes.map(timeOf),
    steps: new Set(),
    priceAt: (asset, at) => knownPrice(usd(priceAt(asset as AssetId, minuteOf(at)))),
  };
}

/** Returns the state at a moment, changes of that moment included. */
function stateAt({ states }: Story, minute: number): State {
  return states.findLast((state) => state.minute <= minute) ?? EMPTY;
}

export function expectedPoint(story: Story, minute: number): HistoryPoint {
  const state = stateAt(story, minute);
  const assets = valueOf(state, minute);
  return {
    at: timeOf(minute),
    total_value: usd(state.cash + assets),
    cash: usd(state.cash),
    asset_value: usd(assets),
    net_deposits: usd(state.netDeposits),
  };
}

/** Returns the state right before a moment, at the prices of that moment. */
export function beforePoint(story: Story, minute: number): HistoryPoint {
  const state = stateAt(story, minute - 1);
  const assets = valueOf(state, minute);
  return {
    at: timeOf(minute),
    total_value: usd(state.cash + assets),
    cash: usd(state.cash),
    asset_value: usd(assets),
    net_deposits: usd(state.netDeposits),
  };
}

export const everyMinute = (story: Story): number[] =>
  Array.from({ length: lastOf(story).minute + 1 }, (_, i) => i);
