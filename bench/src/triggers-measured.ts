import { readFileSync } from 'node:fs';
import type { IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime, knownUsd } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { usernameSchema } from '@cnop/common/entities/fields';
import type { OrderCreate } from '@cnop/common/entities/order/order-document';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import { emptyBalance, postMovement } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { userSchema } from '@cnop/common/entities/user/user';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import { median } from './statistics.ts';
import type { BenchMarket } from './triggers-market.ts';
import { ASSET_ID, openBenchMarket } from './triggers-market.ts';

// Entry point of a measured process. Each measurement has its own process, so that its memory is that of the engine alone
// and not of the process that stored the orders. It prints its figures as one line of JSON.

const TRADERS = 200;
const PASSWORD_HASH_LENGTH = 60;
const UNITS = '100000';
const CASH = '100000000';
/** The number of orders that the engine executes at once. */
const ORDERS_AT_ONCE = 256;
const WARM_UP_TICKS = 200;
const TICKS = 2_000;
const RATE_ROUNDS = 5;
const RATE_ORDERS = 10_000;

/** The figures of open orders while no price triggers them. */
export interface QuietFigures {
  readonly startMilliseconds: number;
  /** Median of price moves that trigger nothing. */
  readonly tickMilliseconds: number;
  /** Median of moves to a new high, which trailing stops store. */
  readonly newHighMilliseconds: number;
  /** Without the pages of the store's file, which the system reclaims when it needs them. */
  readonly memoryMegabytes: number;
  readonly residentMegabytes: number;
}

/** Orders per second in each round: market orders, and orders that one price triggers. */
export interface RateFigures {
  readonly marketPerSecond: readonly number[];
  readonly triggeredPerSecond: readonly number[];
  readonly violations: number;
}

async function measureQuiet(path: string): Promise<QuietFigures> {
  const began = performance.now();
  const market = await openBenchMarket(path);
  const startMilliseconds = performance.now() - began;
  await walk(market, WARM_UP_TICKS);
  const tickMilliseconds = median(await walk(market, TICKS));
  const highs: number[] = [];
  for (let i = 0; i < WARM_UP_TICKS; i++) highs.push(await market.price(`106.${String(i).padStart(4, '0')}`));
  const figures = {
    startMilliseconds,
    tickMilliseconds,
    newHighMilliseconds: median(highs),
    memoryMegabytes: megabytesOf('RssAnon'),
    residentMegabytes: megabytesOf('VmRSS'),
  };
  await market.close();
  return figures;
}

/** Moves the price between 95 and 105: far from all trigger prices, and rarely to a new high. */
async function walk(market: BenchMarket, ticks: number): Promise<number[]> {
  const milliseconds: number[] = [];
  let cents = 10_000;
  for (let i = 0; i < ticks; i++) {
    cents = Math.min(10_500, Math.max(9_500, cents + Math.round((Math.random() - 0.5) * 40)));
    milliseconds.push(
      await market.price(`${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`),
    );
  }
  return milliseconds;
}

async function measureTriggering(path: string): Promise<RateFigures> {
  const market = await openBenchMarket(path);
  const traders = await fundTraders(market);
  const marketPerSecond: number[] = [];
  const triggeredPerSecond: number[] = [];
  // The first round is a warm-up. The stop price of each round is lower than the one before.
  for (let round = 0; round <= RATE_ROUNDS; round++) {
    const rates = await measureRates(market, { traders, orders: RATE_ORDERS, stop: String(90 - round) });
    if (round === 0) continue;
    marketPerSecond.push(rates.market);
    triggeredPerSecond.push(rates.triggered);
  }
  await market.engine.close();
  const { violation_count: violations } = await verifyStore(market.store);
  await market.store.close();
  return { marketPerSecond, triggeredPerSecond, violations };
}

/** Reads a memory figure of this process from /proc. */
function megabytesOf(field: string): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1] ?? 0) / 1_024;
}

/** Rates in orders per second. */
interface Rates {
  readonly market: number;
  readonly triggered: number;
}

/** Creates traders with cash and units, through the ledger and market orders. */
async function fundTraders({ store, deps }: BenchMarket): Promise<readonly Username[]> {
  const users = createUserDao(store);
  const usernames = Array.from({ length: TRADERS }, (_, i) => usernameSchema.parse(`trader${i}`));
  for (const username of usernames) {
    const at = isoTime(new Date());
    const { balance, transaction } = postMovement(emptyBalance(username, at), {
      type: 'deposit',
      amount: knownUsd(CASH),
      description: null,
      at,
      id: systemIds.next(),
    });
    const companions = [balanceRecord.create(balance), balanceTransactionRecord.create(transaction)];
    await users.createUser(benchUser(username, at), companions);
    await placeOrder(deps, commandOf(username, { order_type: 'market_buy', quantity: UNITS }));
  }
  return usernames;
}

function benchUser(username: Username, at: IsoTime): User {
  return userSchema.parse({
    username,
    email: `${username}@example.com`,
    // No trader signs in.
    password_hash: '-'.repeat(PASSWORD_HASH_LENGTH),
    first_name: 'Bench',
    last_name: 'Trader',
    created_at: at,
    updated_at: at,
  });
}

/** Measures market sales, and the execution of as many stops that one price triggers. */
async function measureRates(
  market: BenchMarket,
  {
    traders,
    orders,
    stop,
  }: { readonly traders: readonly Username[]; readonly orders: number; readonly stop: string },
): Promise<Rates> {
  const marketSeconds = await placeAll(market, traders, orders, { order_type: 'market_sell', quantity: '1' });
  await placeAll(market, traders, orders, { order_type: 'stop_loss', stop_price: stop, quantity: '1' });
  const triggeredSeconds = (await market.price(stop)) / MILLISECONDS_PER_SECOND;
  return { market: orders / marketSeconds, triggered: orders / triggeredSeconds };
}

/** An order of the asset of the benchmark. */
type OrderRequest = { readonly quantity: string; readonly stop_price?: string } & Pick<
  OrderCreate,
  'order_type'
>;

async function placeAll(
  { deps }: BenchMarket,
  traders: readonly Username[],
  orders: number,
  request: OrderRequest,
): Promise<number> {
  let placed = 0;
  const place = async (): Promise<void> => {
    while (placed < orders) {
      const username = traders[placed % traders.length];
      placed += 1;
      if (username !== undefined) await placeOrder(deps, commandOf(username, request));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, place));
  return (performance.now() - began) / MILLISECONDS_PER_SECOND;
}

function commandOf(username: Username, request: OrderRequest) {
  return {
    username,
    role: 'customer' as const,
    request: orderCreateSchema.parse({ asset_id: ASSET_ID, ...request }),
    requestHash: '',
    intent: undefined,
  };
}

const [what, path = ''] = process.argv.slice(2);
const figures = what === 'triggering' ? await measureTriggering(path) : await measureQuiet(path);
console.log(JSON.stringify(figures));
