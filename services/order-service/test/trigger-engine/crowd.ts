import type { Price, Username } from '@cnop/common/core/brands';
import { isoTime, knownUsd } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { assetTransactionRecord, createAssetBalanceDao } from '@cnop/common/dao/asset/position-dao';
import { createAssetDao } from '@cnop/common/dao/inventory/asset-dao';
import { orderDocumentRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, balanceTransactionRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderCreateSchema } from '@cnop/common/entities/order/order-document';
import { emptyBalance, postMovement } from '@cnop/common/entities/user/balance-rules';
import type { WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createQuoteBoard, createTradeFeed } from '@cnop/common/market/market-data';
import { createLogger } from '@cnop/common/process/logger';
import { anAssetId, aPrice, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import type { TriggerEngine } from '../../src/trigger-engine/trigger-engine.ts';
import { createTriggerEngine } from '../../src/trigger-engine/trigger-engine.ts';
import type { OrderDependencies } from '../../src/use-cases/dependencies.ts';
import { createOrderDependencies } from '../../src/use-cases/dependencies.ts';
import { placeOrder } from '../../src/use-cases/place-order.ts';

const ASSET_ID = anAssetId('SPOT');
const START_PRICE = aPrice('100');
const START_CASH = 1_000_000;
const START_UNITS = 1_000;
const AT_ONCE = 64;

/** Many traders over one store, and several processes of the order service. */
export interface Crowd {
  /** Places orders of all types in turn, all of which a price of 80 triggers. */
  place(count: number): Promise<void>;
  /** Starts an engine in a process with its own quote board. */
  startEngine(store?: TableStore): TriggerEngine;
  /** Publishes a price in every process. */
  price(mid: string): Promise<void>;
  /** Returns the errors in the funds, given that each order executed once at a price; empty when there are none. */
  faults(price: number): Promise<string[]>;
  close(): Promise<void>;
}

const KINDS: readonly Pick<OrderCreate, 'order_type' | 'price' | 'stop_price' | 'trail_amount'>[] = [
  { order_type: 'stop_loss', stop_price: aPrice('90') },
  { order_type: 'limit_buy', price: aPrice('85') },
  { order_type: 'trailing_stop', trail_amount: aPrice('10') },
];

export async function openCrowd(
  store: TableStore,
  users: number,
  clock: Clock = systemClock,
): Promise<Crowd> {
  const usernames = Array.from({ length: users }, (_, i) => aUsername(`trader${i}`));
  const boards: WritableQuoteBoard[] = [];
  const engines: TriggerEngine[] = [];
  let seq = Date.now();
  const show = (mid: Price): void => {
    seq += 1;
    const at = isoTime(clock.now());
    const quote = { asset_id: ASSET_ID, bid: mid, ask: mid, mid, at, source: 'manual', seq } as const;
    for (const board of boards) board.publish([quote]);
  };
  const depsOf = (itsStore: TableStore): OrderDependencies => {
    const quotes = createQuoteBoard();
    boards.push(quotes);
    const parts = {
      store: itsStore,
      clock,
      ids: systemIds,
      quotes,
      trades: createTradeFeed(),
      maxQuoteAgeSeconds: 3_600,
      maxOpenOrders: Number.MAX_SAFE_INTEGER,
    };
    return { ...createOrderDependencies(parts), quoteFor: quotes.latest };
  };
  const deps = depsOf(store);
  const order = async (
    username: Username,
    request: Omit<OrderCreate, 'asset_id'>,
  ): Promise<OrderDocument> => {
    const parsed = orderCreateSchema.parse({ asset_id: ASSET_ID, ...request });
    const command = {
      username,
      role: 'customer',
      request: parsed,
      requestHash: '',
      intent: undefined,
    } as const;
    return (await placeOrder(deps, command)).order;
  };

  await createAssetDao(store).createAsset(anAsset({ asset_id: ASSET_ID }));
  show(START_PRICE);
  await inParallel(usernames, async (username) => {
    await fund(store, username, clock);
    await order(username, { order_type: 'market_buy', quantity: String(START_UNITS) });
  });

  return {
    async place(count) {
      const numbers = Array.from({ length: count }, (_, i) => i);
      await inParallel(numbers, async (i) => {
        const kind = KINDS[i % KINDS.length];
        if (kind) await order(aUsername(usernames[i % users] ?? ''), { quantity: '1', ...kind });
      });
    },

    startEngine(itsStore = store) {
      const engine = createTriggerEngine({ ...depsOf(itsStore), log: createLogger({ level: 'silent' }) });
      engine.start();
      engines.push(engine);
      return engine;
    },

    async price(mid) {
      show(aPrice(mid));
      await Promise.all(engines.map((engine) => engine.whenIdle()));
    },

    async faults(price) {
      const faults: string[] = [];
      const trades = await tradesByOrder(store);
      const cash = new Map(usernames.map((name) => [name, START_CASH - START_UNITS * Number(START_PRICE)]));
      const units = new Map(usernames.map((name) => [name, START_UNITS]));
      for await (const item of store.scan('orders')) {
        if (item.key.sk !== 'ORDER') continue;
        const { order_id, username, order_type, status, executed_price, accepted_quote } =
          orderDocumentRecord.read(item);
        if (!accepted_quote) continue;
        const isBuy = order_type === 'limit_buy';
        const count = trades.get(order_id) ?? 0;
        if (status !== 'completed' || count !== 1 || executed_price !== String(price)) {
          faults.push(`${order_type} is ${status} at ${executed_price} with ${count} trades`);
        }
        cash.set(username, (cash.get(username) ?? 0) + (isBuy ? -price : price));
        units.set(username, (units.get(username) ?? 0) + (isBuy ? 1 : -1));
      }
      const balances = createBalanceDao(store);
      const holdings = createAssetBalanceDao(store);
      for (const username of usernames) {
        const balance = await balances.getBalance(username);
        const holding = await holdings.getAssetBalance(username, ASSET_ID);
        const seen = [
          balance?.current_balance,
          balance?.held_balance,
          holding?.quantity,
          holding?.held_quantity,
        ];
        const wanted = [`${cash.get(username)}.00`, '0.00', String(units.get(username)), '0'];
        if (seen.join() !== wanted.join())
          faults.push(`${username} has ${seen.join()} instead of ${wanted.join()}`);
      }
      return faults;
    },

    async close() {
      await Promise.all(engines.map((engine) => engine.close()));
    },
  };
}

async function fund(store: TableStore, username: Username, clock: Clock): Promise<void> {
  const at = isoTime(clock.now());
  const { balance, transaction } = postMovement(emptyBalance(username, at), {
    type: 'deposit',
    amount: knownUsd(String(START_CASH)),
    description: null,
    at,
    id: systemIds.next(),
  });
  const writes = [balanceRecord.create(balance), balanceTransactionRecord.create(transaction)];
  await store.transact({}, () => ({ writes, result: undefined }));
}

async function tradesByOrder(store: TableStore): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const item of store.scan('users')) {
    if (!item.key.pk.startsWith('TRANS#')) continue;
    const order_id = assetTransactionRecord.read(item).order_id ?? '';
    counts.set(order_id, (counts.get(order_id) ?? 0) + 1);
  }
  return counts;
}

async function inParallel<T>(items: readonly T[], act: (item: T) => Promise<unknown>): Promise<void> {
  const rest = items.values();
  const work = async (): Promise<void> => {
    for (const item of rest) await act(item);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
