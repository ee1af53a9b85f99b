import type { AssetStatus } from '../entities/inventory/asset.ts';
import type { Side } from './order-sides.ts';

/** What a state of an asset permits. Cancelling is permitted in every state: no state may keep a hold from its owner. */
export interface AssetPermissions {
  readonly placeBuy: boolean;
  readonly placeSell: boolean;
  readonly executeBuy: boolean;
  readonly executeSell: boolean;
  readonly cancel: true;
  /** Which open orders the platform cancels by itself; the others stay open, and expire by their own rule. */
  readonly platformCancels: 'none' | 'buys' | 'all';
}

const CLOSED = {
  placeBuy: false,
  placeSell: false,
  executeBuy: false,
  executeSell: false,
  cancel: true,
} as const;

/** The one table of asset states; `docs/reference/assets.md` has it for readers. */
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

/** Whether an order of a side may be placed. */
export function mayPlace(status: AssetStatus, side: Side): boolean {
  const { placeBuy, placeSell } = ASSET_STATES[status];
  return side === 'buy' ? placeBuy : placeSell;
}

/** Whether an open order of a side may execute. */
export function mayExecute(status: AssetStatus, side: Side): boolean {
  const { executeBuy, executeSell } = ASSET_STATES[status];
  return side === 'buy' ? executeBuy : executeSell;
}

/** Whether any open order may execute. */
export function mayExecuteAny(status: AssetStatus): boolean {
  return mayExecute(status, 'buy') || mayExecute(status, 'sell');
}
