import { systemIds } from '@cnop/common/core/ids';
import { decimal } from '@cnop/common/core/money';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { OrderCreate } from '@cnop/common/entities/order/order';
import { orderCreateSchema } from '@cnop/common/entities/order/order';
import { emptyBalance, postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { userSchema } from '@cnop/common/entities/user/user';
import { placeOrder } from '@cnop/order-service/use-cases/place-order';
import type { BenchMarket } from './triggers-market.ts';
import { ASSET_ID } from './triggers-market.ts';

const TRADERS = 200;
const PASSWORD_HASH_LENGTH = 60;
const UNITS = '100000';
const CASH = '100000000';
/** As many as the engine changes at once. */
const ORDERS_AT_ONCE = 256;
const MILLISECONDS_PER_SECOND = 1_000;

/** Orders a second. */
export interface Rates {
  readonly market: number;
  readonly fired: number;
}

/** Gives traders cash and units, as deposits and orders would. */
export async function fundTraders({ store, deps }: BenchMarket): Promise<readonly string[]> {
  const users = createUserDao(store);
  const usernames = Array.from({ length: TRADERS }, (_, i) => `trader${i}`);
  for (const username of usernames) {
    const at = new Date().toISOString();
    const { balance, transaction } = postToLedger(emptyBalance(username, at), {
      type: 'deposit',
      direction: 'credit',
      amount: decimal(CASH),
      description: null,
      referenceId: null,
      at,
      id: systemIds.next(),
    });
    const companions = [balanceRecord.create(balance), balanceTransactionRecord.create(transaction)];
    await users.createUser(benchUser(username, at), companions);
    await placeOrder(deps, commandOf(username, { order_type: 'market_buy', quantity: UNITS }));
  }
  return usernames;
}

function benchUser(username: string, at: string): User {
  return userSchema.parse({
    username,
    email: `${username}@example.com`,
    // Nobody signs in.
    password_hash: '-'.repeat(PASSWORD_HASH_LENGTH),
    first_name: 'Bench',
    last_name: 'Trader',
    created_at: at,
    updated_at: at,
  });
}

/** So many market sales, and as many stops that one price fires: how many of each in a second. */
export async function measureRates(
  market: BenchMarket,
  {
    traders,
    orders,
    stop,
  }: { readonly traders: readonly string[]; readonly orders: number; readonly stop: string },
): Promise<Rates> {
  const marketSeconds = await placeAll(market, traders, orders, { order_type: 'market_sell', quantity: '1' });
  await placeAll(market, traders, orders, { order_type: 'stop_loss', stop_price: stop, quantity: '1' });
  const firedSeconds = (await market.price(stop)) / MILLISECONDS_PER_SECOND;
  return { market: orders / marketSeconds, fired: orders / firedSeconds };
}

async function placeAll(
  { deps }: BenchMarket,
  traders: readonly string[],
  orders: number,
  request: Omit<OrderCreate, 'asset_id'>,
): Promise<number> {
  let placed = 0;
  const place = async (): Promise<void> => {
    while (placed < orders) {
      const username = traders[placed % traders.length] ?? '';
      placed += 1;
      await placeOrder(deps, commandOf(username, request));
    }
  };
  const began = performance.now();
  await Promise.all(Array.from({ length: ORDERS_AT_ONCE }, place));
  return (performance.now() - began) / MILLISECONDS_PER_SECOND;
}

function commandOf(username: string, request: Omit<OrderCreate, 'asset_id'>) {
  return {
    username,
    role: 'customer' as const,
    request: orderCreateSchema.parse({ asset_id: ASSET_ID, ...request }),
    requestHash: '',
    intent: undefined,
  };
}
