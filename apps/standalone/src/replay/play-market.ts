import type { OrderId, Price, Quantity, Usd, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { CURRENCY_SCALE, decimal, formatQuantity, formatUsd, roundUp } from '@cnop/common/core/money';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { quoteAround } from '@cnop/common/entities/inventory/quote';
import { emptyBalance, postMovement } from '@cnop/common/entities/user/balance-rules';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { userSchema } from '@cnop/common/entities/user/user';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { ProblemError } from '@cnop/exception/problem-error';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import { createTriggerEngine } from '@cnop/order-service/trigger-engine/trigger-engine';
import type { OrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import { createOrderDependencies } from '@cnop/order-service/use-cases/dependencies';
import type { PlaceOrder } from '@cnop/order-service/use-cases/place-order';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import type { Logger } from 'pino';
import type { PlacedOrder } from './expected-outcome.ts';
import type { PlannedOrder } from './planned-orders.ts';

export interface PlayOptions {
  readonly store: TableStore;
  readonly asset: Asset;
  readonly track: readonly TrackPoint[];
  /** In the order of their points. */
  readonly planned: readonly PlannedOrder[];
  readonly traders: readonly Username[];
  readonly logger: Logger;
  /** Called from time to time with the number of prices played. */
  readonly onProgress: (points: number) => void;
}

/** Quotes never become too old in a replay. */
const MAX_QUOTE_AGE_SECONDS = 100 * 365 * 24 * 60 * 60;
const POINTS_PER_PROGRESS = 5_000;
/** The cash of each trader, as a multiple of the largest hold of its buys: prices may rise over the replay. */
const CASH_RESERVE = '2';

/**
 * Plays recorded prices through the real order service and its trigger engine, at the recorded times.
 * @param options the store must be empty
 * @returns the results of the planned orders, in their order
 */
export async function playMarket(options: PlayOptions): Promise<PlacedOrder[]> {
  const { store, asset, track, planned, traders, logger, onProgress } = options;
  let now = new Date(track[0]?.atMilliseconds ?? 0);
  const clock: Clock = { now: () => now };
  const quotes = createQuoteBoard();
  const deps = createOrderDependencies({
    store,
    clock,
    ids: systemIds,
    quotes,
    trades: createTradeFeed(),
    maxQuoteAgeSeconds: MAX_QUOTE_AGE_SECONDS,
    maxOpenOrders: Number.MAX_SAFE_INTEGER,
  });
  await createAssetDao(store).createAsset(asset);
  const needs = requiredFunds(planned, track[0]?.mid ?? '0');
  await openAccounts(store, traders, { cash: needs.cash, now });
  const engine = createTriggerEngine({ ...deps, log: logger });
  engine.start();

  // Quotes are newer than the price that the asset was created with.
  const firstSeq = Date.parse(asset.last_price_update);
  const publish = async (place: number, mid: Price): Promise<void> => {
    const seq = firstSeq + place;
    quotes.publish([quoteAround(asset, { mid, at: isoTime(now), source: 'replay', seq })]);
    await engine.whenIdle();
  };
  const [first] = track;
  if (first) {
    await publish(0, first.mid);
    for (const username of traders) await placeOrder(deps, openingPurchase(username, asset, needs.units));
  }
  const placed: (Accepted | Refusal)[] = [];
  for (const [point, { atMilliseconds, mid }] of track.entries()) {
    now = new Date(atMilliseconds);
    await publish(point + 1, mid);
    for (let next = planned[placed.length]; next?.point === point; next = planned[placed.length]) {
      placed.push(await tryToPlace(deps, next));
    }
    if (point % POINTS_PER_PROGRESS === 0) onProgress(point);
  }
  await engine.sweep();
  await engine.close();
  return Promise.all(placed.map(async (each) => ('refusal' in each ? each : storedOrder(deps, each))));
}

/** Returns the units and the USD that one trader needs for all planned orders. */
function requiredFunds(planned: readonly PlannedOrder[], firstMid: string) {
  let units = decimal('1');
  let cash = decimal('1');
  for (const { request } of planned) {
    const quantity = decimal(request.quantity);
    if (request.order_type === 'limit_buy') cash = cash.plus(quantity.times(request.price ?? '0'));
    else units = units.plus(quantity);
  }
  const total = cash.times(CASH_RESERVE).plus(units.times(firstMid));
  return { units: formatQuantity(units), cash: formatUsd(roundUp(total, CURRENCY_SCALE)) };
}

/** Returns the purchase of the units that a trader sells later. */
function openingPurchase(username: Username, { asset_id }: Asset, quantity: Quantity): PlaceOrder {
  const request = { asset_id, order_type: 'market_buy', quantity } as const;
  return { username, role: 'customer', request, requestHash: '', intent: undefined };
}

interface Accepted {
  readonly orderId: OrderId;
}
interface Refusal {
  readonly refusal: string;
}

async function tryToPlace(
  deps: OrderDependencies,
  { username, request }: PlannedOrder,
): Promise<Accepted | Refusal> {
  try {
    const command = { username, role: 'customer', request, requestHash: '', intent: undefined } as const;
    const { order } = await placeOrder(deps, command);
    return { orderId: order.order_id };
  } catch (error) {
    if (error instanceof ProblemError) return { refusal: error.message };
    throw error;
  }
}

async function storedOrder({ orders }: OrderDependencies, { orderId }: Accepted): Promise<PlacedOrder> {
  const order = await orders.getOrder(orderId);
  if (!order) throw new Error(`the order ${orderId} was accepted and is not stored`);
  return { order };
}

/** A hash that no password matches: traders never sign in. */
const NO_PASSWORD_HASH = `$2b$04$${'.'.repeat(53)}`;

/** Stores traders with cash in USD, so that `cnop verify` finds no violation. */
async function openAccounts(
  store: TableStore,
  traders: readonly Username[],
  { cash, now }: { readonly cash: Usd; readonly now: Date },
): Promise<void> {
  const users = createUserDao(store);
  const at = isoTime(now);
  for (const username of traders) {
    const posted = postMovement(emptyBalance(username, at), {
      type: 'deposit',
      amount: cash,
      description: null,
      at,
      id: systemIds.next(),
    });
    const { balance, event } = nextEvent(posted.balance, {
      type: 'balance.changed',
      id: systemIds.next(),
      at,
    });
    const user = userSchema.parse({
      username,
      email: `${username}@example.com`,
      password_hash: NO_PASSWORD_HASH,
      first_name: 'Replay',
      last_name: 'Trader',
      created_at: at,
      updated_at: at,
    });
    await users.createUser(user, [
      balanceRecord.create(balance),
      balanceTransactionRecord.create(posted.transaction),
      liveEventRecord.create(event),
    ]);
  }
}
