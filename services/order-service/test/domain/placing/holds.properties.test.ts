import type { IsoTime, Price } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { documentOf, orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import type { Balance } from '@cnop/common/entities/user/balance';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { endOrder } from '@cnop/common/trading/end-order';
import { ProblemError } from '@cnop/exception/problem-error';
import {
  anAssetId,
  anEventId,
  anOrderId,
  aPrice,
  aTransactionId,
  aUsd,
  aUsername,
} from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { decimals, scaled } from '@cnop/testing/trade-arithmetic';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decidePlacement } from '../../../src/domain/placing/decide-placement.ts';
import type { OpenOrderOutcome } from '../../../src/domain/triggers/execute-triggered-order.ts';
import { executeTriggeredOrder } from '../../../src/domain/triggers/execute-triggered-order.ts';

const BTC = anAssetId('BTC');

const START = Date.parse('2026-01-15T12:00:00.000Z');
const STEP_MILLISECONDS = 60_000;
const LIFE_MILLISECONDS = 4 * STEP_MILLISECONDS;
const USERS = ['alice', 'bob'] as const;
const ASSETS: readonly Asset[] = [
  anAsset({ asset_id: 'BTC', spread_bps: 40, fee_bps: 25 }),
  anAsset({ asset_id: 'DOGE', price_scale: 6, quantity_scale: 4, fee_bps: 0 }),
];

type User = (typeof USERS)[number];

interface Account {
  balance: Balance;
  readonly holdings: Map<string, StoredAssetBalance>;
  readonly orders: OrderDocument[];
  readonly events: LiveEvent[];
}

/** The state of two users and two assets, with a clock and prices, in memory. */
interface World {
  now: number;
  count: number;
  readonly quotes: Map<string, Quote>;
  readonly accounts: Record<User, Account>;
  /** The cash of each account at the start. */
  readonly deposits: Record<User, string>;
}

type Command =
  | { readonly kind: 'place'; readonly user: User; readonly asset: Asset; readonly request: OrderCreate }
  | { readonly kind: 'move'; readonly asset: Asset; readonly mid: string }
  | { readonly kind: 'trigger' | 'cancel' | 'expire'; readonly user: User; readonly pick: number }
  | { readonly kind: 'wait' };

const timeOf = (milliseconds: number): IsoTime => isoTime(new Date(milliseconds));

function newWorld(deposits: Record<User, string>): World {
  const account = (username: User): Account => ({
    balance: {
      ...emptyBalance(aUsername(username), timeOf(START)),
      current_balance: aUsd(decimal(deposits[username]).toFixed(2)),
    },
    holdings: new Map(),
    orders: [],
    events: [],
  });
  const world: World = {
    now: START,
    count: 0,
    quotes: new Map(),
    accounts: { alice: account('alice'), bob: account('bob') },
    deposits,
  };
  for (const asset of ASSETS) movePrice(world, asset, aPrice('100'));
  return world;
}

function movePrice(world: World, asset: Asset, mid: Price): void {
  world.count += 1;
  const quote = { mid, at: timeOf(world.now), source: 'manual', seq: world.count } as const;
  world.quotes.set(asset.asset_id, quoteAround(asset, quote));
}

function apply(world: World, command: Command): void {
  if (command.kind === 'wait') world.now += STEP_MILLISECONDS;
  else if (command.kind === 'move') movePrice(world, command.asset, aPrice(command.mid));
  else if (command.kind === 'place') place(world, command);
  else changeOpen(world, command);
}

function place(world: World, { user, asset, request }: Extract<Command, { kind: 'place' }>): void {
  const account = world.accounts[user];
  world.count += 1;
  const id = String(world.count);
  const at = timeOf(world.now);
  const funds = { balance: account.balance, holding: account.holdings.get(asset.asset_id) };
  const before = structuredClone(funds);
  try {
    const placement = decidePlacement({
      request,
      asset,
      quote: world.quotes.get(asset.asset_id),
      now: new Date(world.now),
      maxQuoteAgeSeconds: 1_000_000,
      maxOpenOrders: Number.MAX_SAFE_INTEGER,
      context: {
        username: aUsername(user),
        orderId: anOrderId(`order-${id}`),
        tradeId: aTransactionId(`trade-${id}`),
        eventId: anEventId(`event-${id}`),
        at,
      },
      funds,
    });
    keep(account, placement.kind === 'executed' ? placement.executed : placement.accepted);
  } catch (error) {
    if (!(error instanceof ProblemError)) throw error;
  }
  expect(funds).toEqual(before);
}

function changeOpen(world: World, { kind, user, pick }: Extract<Command, { pick: number }>): void {
  const account = world.accounts[user];
  const open = account.orders.map(orderOf).filter((order) => order.status === 'queued');
  const order = open[pick % Math.max(1, open.length)];
  if (!order) return;
  world.count += 1;
  const context = {
    tradeId: aTransactionId(`trade-${world.count}`),
    eventId: anEventId(`event-${world.count}`),
    at: timeOf(world.now),
  };
  const funds = { balance: account.balance, holding: account.holdings.get(order.asset_id) };
  const quote = world.quotes.get(order.asset_id);
  if (!quote) throw new Error('every asset has a price');
  if (kind === 'trigger') {
    const trigger = {
      quote,
      price: 'limit' in order ? order.limit : 'stop_price' in order ? order.stop_price : quote.bid,
    };
    keepOutcome(account, executeTriggeredOrder(order, context, { funds, trigger, quote }));
    return;
  }
  if (kind === 'expire' && order.expires_at > context.at) return;
  const status = kind === 'cancel' ? 'cancelled' : 'expired';
  keep(account, endOrder(order, funds, { status, reason: kind, eventId: context.eventId, at: context.at }));
}

function keepOutcome(account: Account, outcome: OpenOrderOutcome): void {
  if (outcome.kind === 'executed') keep(account, outcome.executed);
  if (outcome.kind === 'ended') keep(account, outcome.ended);
}

interface Outcome {
  readonly order: Order;
  readonly balance: Balance;
  readonly holding: StoredAssetBalance | undefined;
  readonly event: LiveEvent;
}

function keep(account: Account, { order: changed, balance, holding, event }: Outcome): void {
  const order = documentOf(changed);
  // The store would refuse anything that its schemas refuse.
  expect(orderDocumentSchema.parse(order)).toEqual(order);
  expect(orderOf(order)).toEqual(changed);
  expect(balanceSchema.parse(balance)).toEqual(balance);
  account.balance = balance;
  if (holding) account.holdings.set(holding.asset_id, holding);
  const known = account.orders.findIndex(({ order_id }) => order_id === order.order_id);
  if (known === -1) account.orders.push(order);
  else account.orders[known] = order;
  account.events.push(event);
}

const sum = (amounts: readonly string[]): bigint =>
  amounts.reduce((total, amount) => total + scaled(amount), 0n);
const isBuy = ({ order_type }: OrderDocument): boolean => order_type.endsWith('_buy');

/** Checks the invariants of each account. */
function expectSound(world: World): void {
  for (const user of USERS) {
    const { balance, holdings, orders, events } = world.accounts[user];
    const open = orders.filter(({ status }) => status === 'queued');
    const done = orders.filter(({ status }) => status === 'completed');
    expect(orders.filter((order) => order.status !== 'queued' && scaled(order.held_amount) !== 0n)).toEqual(
      [],
    );

    expect(scaled(balance.held_balance)).toBe(sum(open.filter(isBuy).map((order) => order.held_amount)));
    expect(scaled(balance.held_balance) <= scaled(balance.current_balance)).toBe(true);
    const spent = done.filter(isBuy);
    const earned = done.filter((order) => !isBuy(order));
    const moved =
      sum(earned.map((order) => order.total_amount ?? '')) -
      sum(spent.map((order) => order.total_amount ?? '')) -
      sum(done.map((order) => order.fees));
    expect(scaled(balance.current_balance)).toBe(scaled(world.deposits[user]) + moved);

    for (const { asset_id } of ASSETS) {
      const holding = holdings.get(asset_id);
      const ofAsset = (order: OrderDocument): boolean => order.asset_id === asset_id;
      const units = (list: readonly OrderDocument[]): bigint =>
        sum(list.filter(ofAsset).map((order) => order.quantity));
      const selling = open.filter((order) => !isBuy(order) && ofAsset(order));
      expect(scaled(holding?.quantity ?? '0')).toBe(units(spent) - units(earned));
      expect(scaled(holding?.held_quantity ?? '0')).toBe(sum(selling.map((order) => order.held_amount)));
      expect(scaled(holding?.held_quantity ?? '0') <= scaled(holding?.quantity ?? '0')).toBe(true);
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(balance.event_seq).toBe(events.length);
  }
}

const users = fc.constantFrom(...USERS);
const assets = fc.constantFrom(...ASSETS);
/** Generates prices around 100, and some so small that a sale brings less than a cent. */
const mids = fc.oneof(decimals(2, 20_000n), fc.constantFrom('0.01', '0.01', '100', '99.99')).map(aPrice);
const requests = (asset: Asset): fc.Arbitrary<OrderCreate> => {
  const quantity = fc.oneof(decimals(asset.quantity_scale, 10n ** 5n), decimals(0, 20n));
  const base = { asset_id: fc.constant(asset.asset_id), quantity };
  const expires_at = fc.constant(timeOf(START + LIFE_MILLISECONDS));
  return fc.oneof(
    { weight: 4, arbitrary: fc.record({ ...base, order_type: fc.constant('market_buy' as const) }) },
    fc.record({ ...base, order_type: fc.constant('market_sell' as const), quantity: fc.constant('max') }),
    fc.record({ ...base, order_type: fc.constantFrom('limit_buy', 'limit_sell'), price: mids, expires_at }),
    fc.record({
      ...base,
      order_type: fc.constantFrom('stop_loss', 'take_profit'),
      stop_price: mids,
      expires_at,
    }),
    fc.record({
      ...base,
      order_type: fc.constant('trailing_stop' as const),
      trail_percent: decimals(2, 9_999n),
      expires_at,
    }),
  );
};
const commands: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(users, assets)
      .chain(([user, asset]) =>
        requests(asset).map((request) => ({ kind: 'place', user, asset, request }) as const),
      ),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), asset: assets, mid: mids }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('trigger', 'cancel', 'expire'),
      user: users,
      pick: fc.nat({ max: 20 }),
    }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'wait' } as const) },
);
const deposits = fc.record({ alice: decimals(2, 10n ** 7n), bob: decimals(2, 10n ** 7n) });

describe('holds, over any sequence of orders of two users on two assets', () => {
  it('equal those of the open orders, and cash, units, fees and events add up after every step', () => {
    const ends = new Set<string>();
    fc.assert(
      fc.property(
        deposits,
        fc.array(commands, { minLength: 20, maxLength: 60, size: 'max' }),
        (given, steps) => {
          const world = newWorld(given);
          for (const step of steps) {
            apply(world, step);
            expectSound(world);
          }
          for (const user of USERS) for (const { status } of world.accounts[user].orders) ends.add(status);
        },
      ),
      { numRuns: 100 },
    );
    // Runs that reach only some states would prove little.
    expect([...ends]).toEqual(expect.arrayContaining(['cancelled', 'completed', 'expired', 'queued']));
  });

  it('are released when an execution fails because the sale would bring less than a cent', () => {
    const world = newWorld({ alice: '1000.00', bob: '0.01' });
    const [btc] = ASSETS;
    if (!btc) throw new Error('BTC is an asset of this test');
    const place = (request: OrderCreate): void =>
      apply(world, { kind: 'place', user: 'alice', asset: btc, request });
    place({ asset_id: BTC, order_type: 'market_buy', quantity: '0.5' });
    place({ asset_id: BTC, order_type: 'stop_loss', quantity: '0.5', stop_price: aPrice('90') });
    expect(world.accounts.alice.holdings.get('BTC')).toMatchObject({ held_quantity: '0.5' });
    apply(world, { kind: 'move', asset: btc, mid: '0.01' });
    apply(world, { kind: 'trigger', user: 'alice', pick: 0 });
    expect(world.accounts.alice.orders[1]).toMatchObject({ status: 'failed', held_amount: '0' });
    expect(world.accounts.alice.holdings.get('BTC')).toMatchObject({ quantity: '0.5', held_quantity: '0' });
    expectSound(world);
  });

  it.each([
    ['is not released', (account: Account) => ({ ...account.balance, held_balance: aUsd('1.00') })],
    ['exceeds the balance', (account: Account) => ({ ...account.balance, current_balance: aUsd('0.00') })],
    ['has a gap in its events', (account: Account) => ({ ...account.balance, event_seq: 2 })],
  ])('fail the check when one %s', (_fault, plant) => {
    const world = newWorld({ alice: '1000.00', bob: '1000.00' });
    const request: OrderCreate = {
      asset_id: BTC,
      order_type: 'limit_buy',
      quantity: '1',
      price: aPrice('90'),
    };
    const [btc] = ASSETS;
    if (!btc) throw new Error('BTC is an asset of this test');
    apply(world, { kind: 'place', user: 'alice', asset: btc, request });
    expectSound(world);
    world.accounts.alice.balance = plant(world.accounts.alice);
    expect(() => expectSound(world)).toThrow('expected');
  });
});
