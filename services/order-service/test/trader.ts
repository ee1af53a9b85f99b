import type { Username } from '@cnop/common/core/brands';
import { createAssetBalanceDao, createAssetTransactionDao } from '@cnop/common/dao/asset/position-dao';
import { createOrderDao } from '@cnop/common/dao/order/order-dao';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { expect } from 'vitest';
import type { OrderServiceUnderTest } from './order-service-under-test.ts';

export interface OrderAnswer {
  readonly data: OrderDocument;
}
export interface ListAnswer {
  readonly data: readonly OrderDocument[];
  readonly has_more: boolean;
  readonly next_cursor: string | null;
}
export interface ProblemAnswer {
  readonly code: string;
  readonly detail: string;
  readonly errors?: readonly { readonly field: string; readonly code: string }[];
}

const FIRST_PAGE = { limit: 1_000, offset: 0, after: undefined };

/** All stored items of a user that an order may change. */
export interface StoredFunds {
  readonly balance: Balance | undefined;
  readonly holdings: readonly StoredAssetBalance[];
  readonly ledger: readonly BalanceTransaction[];
  readonly trades: readonly AssetTransaction[];
  readonly events: readonly LiveEvent[];
  readonly orders: readonly OrderDocument[];
}

type Headers = Readonly<Record<string, string>>;
/** The parts of a response that tests check. */
interface Answer {
  readonly statusCode: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, unknown>>;
  json<T>(): T;
}
type Answered = Promise<Answer>;

export interface Trader {
  readonly username: Username;
  readonly headers: Headers;
  place(payload: unknown, extra?: Headers): Answered;
  /** Places an order and expects it to be accepted. */
  placed(payload: unknown): Promise<OrderDocument>;
  preview(payload: unknown): Answered;
  cancel(orderId: string): Answered;
  get(url: string): Answered;
  order(orderId: string): Promise<OrderDocument>;
  cash(): Promise<string | undefined>;
  held(): Promise<string | undefined>;
  holding(assetId: string): Promise<StoredAssetBalance | undefined>;
  events(): Promise<readonly LiveEvent[]>;
  /** Returns the stored items, newest first. */
  funds(): Promise<StoredFunds>;
  /** Signs in again: a token expires after 15 minutes. */
  signInAgain(): Promise<Trader>;
}

let count = 0;

/** Creates a user; with an account when cash is given. */
export async function createTrader(service: OrderServiceUnderTest, usd?: string): Promise<Trader> {
  count += 1;
  const username = aUsername(`trader${count}`);
  if (usd !== undefined) await service.runtime.fund(username, usd);
  return signIn(service, username);
}

async function signIn(service: OrderServiceUnderTest, username: Username): Promise<Trader> {
  const { app, runtime } = service;
  const headers = await runtime.signIn(username);
  const balances = createBalanceDao(runtime.store);
  const holdings = createAssetBalanceDao(runtime.store);
  const trades = createAssetTransactionDao(runtime.store);
  const post = (url: string, payload: unknown, extra: Headers = {}): Answered =>
    app.inject({ method: 'POST', url, headers: { ...headers, ...extra }, payload: payload as object });
  const get = (url: string): Answered => app.inject({ method: 'GET', url, headers });
  const order = async (orderId: string) => (await get(`/orders/${orderId}`)).json<OrderAnswer>().data;
  const events = async () =>
    (await createLiveEventDao(runtime.store).getEventsAfter(username, 0, FIRST_PAGE.limit)).items;

  return {
    username,
    headers,
    place: (payload, extra) => post('/orders', payload, extra),
    async placed(payload) {
      const response = await post('/orders', payload);
      expect(response.statusCode, response.body).toBe(201);
      return response.json<OrderAnswer>().data;
    },
    preview: (payload) => post('/orders/preview', payload),
    cancel: (orderId) => post(`/orders/${orderId}/cancel`, undefined),
    get,
    order,
    cash: async () => (await balances.getBalance(username))?.current_balance,
    held: async () => (await balances.getBalance(username))?.held_balance,
    holding: (assetId) => holdings.getAssetBalance(username, anAssetId(assetId)),
    events,
    async funds() {
      const held = await holdings.getAllAssetBalances(username);
      const ids = held.map((holding) => holding.asset_id);
      return {
        balance: await balances.getBalance(username),
        holdings: held,
        ledger: (await balances.getUserTransactions(username, FIRST_PAGE)).items,
        trades: (await trades.getUserTransactions(username, ids, FIRST_PAGE)).items,
        events: await events(),
        orders: (await createOrderDao(runtime.store).getOrdersByUser(username, FIRST_PAGE)).items,
      };
    },
    signInAgain: () => signIn(service, username),
  };
}

/** Returns the request of an order for BTC. */
export const order = (order_type: string, fields: object) => ({ asset_id: 'BTC', order_type, ...fields });
export const buy = (quantity: string, asset_id = 'BTC') => ({
  asset_id,
  order_type: 'market_buy',
  quantity,
});
export const limitBuy = (quantity: string, price: string) => order('limit_buy', { quantity, price });

/** Creates a trader with one BTC, bought at 50,000 USD, and cash. */
export async function createHolder(service: OrderServiceUnderTest, usd = '0.01'): Promise<Trader> {
  const user = await createTrader(service, '50000');
  await user.placed(buy('1'));
  await service.runtime.fund(user.username, usd);
  return user;
}
