import type { FastifyInstance } from 'fastify';
import type { AssetBalanceDao } from '../dao/asset/asset-balance-dao.ts';
import { createAssetBalanceDao } from '../dao/asset/asset-balance-dao.ts';
import type { AssetTransactionDao } from '../dao/asset/asset-transaction-dao.ts';
import { createAssetTransactionDao } from '../dao/asset/asset-transaction-dao.ts';
import type { AssetDao } from '../dao/inventory/asset-dao.ts';
import { createAssetDao } from '../dao/inventory/asset-dao.ts';
import type { OrderDao } from '../dao/order/order-dao.ts';
import { createOrderDao } from '../dao/order/order-dao.ts';
import type { BalanceDao } from '../dao/user/balance-dao.ts';
import { createBalanceDao } from '../dao/user/balance-dao.ts';
import type { UserDao } from '../dao/user/user-dao.ts';
import { createUserDao } from '../dao/user/user-dao.ts';
import type { TableStore } from '../database/table-store.ts';
import { dependency } from './dependencies.ts';

const [provideUserDao, getUserDao] = dependency<UserDao>('userDao');
const [provideBalanceDao, getBalanceDao] = dependency<BalanceDao>('balanceDao');
const [provideOrderDao, getOrderDao] = dependency<OrderDao>('orderDao');
const [provideAssetDao, getAssetDao] = dependency<AssetDao>('assetDao');
const [provideAssetBalanceDao, getAssetBalanceDao] = dependency<AssetBalanceDao>('assetBalanceDao');
const [provideAssetTransactionDao, getAssetTransactionDao] =
  dependency<AssetTransactionDao>('assetTransactionDao');

/** The typed getters of the DAOs that routes may use. An app has them after `provideDaos`. */
export { getAssetBalanceDao, getAssetDao, getAssetTransactionDao, getBalanceDao, getOrderDao, getUserDao };

/** Provides an app with all DAOs over one store. A DAO has no state of its own, so an unused one costs nothing. */
export function provideDaos(app: FastifyInstance, store: TableStore): void {
  provideUserDao(app, createUserDao(store));
  provideBalanceDao(app, createBalanceDao(store));
  provideOrderDao(app, createOrderDao(store));
  provideAssetDao(app, createAssetDao(store));
  provideAssetBalanceDao(app, createAssetBalanceDao(store));
  provideAssetTransactionDao(app, createAssetTransactionDao(store));
}
