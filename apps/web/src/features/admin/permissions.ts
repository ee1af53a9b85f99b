import type { UserRole } from '@cnop/common/entities/user/user';

/** What the interface offers a user. The server enforces it. */
export interface Permissions {
  /** Setting prices, activating and deactivating assets. */
  readonly managesTrading: boolean;
  /** Approving, as a second administrator, prices proposed by another. */
  readonly approvesPrices: boolean;
  readonly editsAssets: boolean;
  readonly changesUsers: boolean;
  readonly readsAudit: boolean;
}

export function permissionsOf(role: UserRole): Permissions {
  const isAdmin = role === 'admin';
  return {
    managesTrading: isAdmin || role === 'moderator',
    approvesPrices: isAdmin,
    editsAssets: isAdmin,
    changesUsers: isAdmin,
    readsAudit: isAdmin,
  };
}
