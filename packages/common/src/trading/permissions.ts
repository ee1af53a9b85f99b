import { ProblemError } from '@cnop/exception/problem-error';
import type { AssetId } from '../core/brands.ts';
import type { AssetStatus } from '../entities/inventory/asset.ts';
import type { Side } from '../entities/order/order.ts';
import type { UserRole } from '../entities/user/user.ts';

/** The permissions of an asset status. Every status permits cancelling, so that a user can always release a hold. */
export interface AssetPermissions {
  readonly placeBuy: boolean;
  readonly placeSell: boolean;
  readonly executeBuy: boolean;
  readonly executeSell: boolean;
  readonly cancel: true;
  /** The open orders that the platform cancels. Others stay open until they are cancelled or expire. */
  readonly platformCancels: 'none' | 'buys' | 'all';
}

const CLOSED = {
  placeBuy: false,
  placeSell: false,
  executeBuy: false,
  executeSell: false,
  cancel: true,
} as const;

/**
 * The permissions of each asset status.
 * @see docs/reference/assets.md
 */
export const ASSET_STATES: Readonly<Record<AssetStatus, AssetPermissions>> = {
  active: {
    placeBuy: true,
    placeSell: true,
    executeBuy: true,
    executeSell: true,
    cancel: true,
    platformCancels: 'none',
  },
  close_only: {
    placeBuy: false,
    placeSell: true,
    executeBuy: false,
    executeSell: true,
    cancel: true,
    platformCancels: 'buys',
  },
  cancel_only: { ...CLOSED, platformCancels: 'none' },
  suspended: { ...CLOSED, platformCancels: 'none' },
  delisted: { ...CLOSED, platformCancels: 'all' },
};

/** Returns whether an order of a side may be placed. */
export function mayPlace(status: AssetStatus, side: Side): boolean {
  const { placeBuy, placeSell } = ASSET_STATES[status];
  return side === 'buy' ? placeBuy : placeSell;
}

/** Returns whether an open order of a side may execute. */
export function mayExecute(status: AssetStatus, side: Side): boolean {
  const { executeBuy, executeSell } = ASSET_STATES[status];
  return side === 'buy' ? executeBuy : executeSell;
}

/** Returns whether open orders of either side may execute. */
export function mayExecuteAny(status: AssetStatus): boolean {
  return mayExecute(status, 'buy') || mayExecute(status, 'sell');
}

/** 422 BUS_003: the state of the asset does not permit the order. */
export class AssetNotTradableError extends ProblemError {
  constructor(assetId: AssetId, reason = 'is not available for trading') {
    const detail = `${assetId} ${reason}.`;
    super('BUS_003', {
      detail,
      errors: [{ field: 'asset_id', pointer: '/asset_id', message: detail, code: 'not_available' }],
    });
  }
}

/** 403 AUTH_002: staff can move prices and balances, so their own accounts do not trade. */
class StaffCannotTradeError extends ProblemError {
  constructor() {
    super('AUTH_002', {
      detail: 'Accounts with a staff role cannot trade. Use an account without one.',
    });
  }
}

/** Returns whether a role may trade: only customers may. */
export function mayTrade(role: UserRole): boolean {
  return role === 'customer';
}

/**
 * Refuses accounts with a staff role.
 * @throws StaffCannotTradeError (403)
 */
export function assertMayTrade(role: UserRole): void {
  if (!mayTrade(role)) throw new StaffCannotTradeError();
}
