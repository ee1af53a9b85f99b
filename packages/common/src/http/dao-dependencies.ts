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

/** The DAOs that routes may ask for, each by its typed getter. An app has them after `provideDaos`. */
export { getAssetBalanceDao, getAssetDao, getAssetTransactionDao, getBalanceDao, getOrderDao, getUserDao };

/** Gives an app every DAO over one store. A DAO holds no state of its own, so an unused one costs nothing. */
export function provideDaos(app: FastifyInstance, store: TableStore): void {
  provideUserDao(app, createUserDao(store));
  provideBalanceDao(app, createBalanceDao(store));
  provideOrderDao(app, createOrderDao(store));
  provideAssetDao(app, createAssetDao(store));
  provideAssetBalanceDao(app, createAssetBalanceDao(store));
  provideAssetTransactionDao(app, createAssetTransactionDao(store));
}
