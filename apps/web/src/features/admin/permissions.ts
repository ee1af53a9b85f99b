import type { UserRole } from '@cnop/common/entities/user/user';

/** What somebody may do here. The server decides again; this decides what is worth showing. */
export interface Permissions {
  /** Set prices, activate and deactivate. */
  readonly steersTrading: boolean;
  /** Approve, as a second administrator, what somebody else proposed. */
  readonly approvesPrices: boolean;
  readonly editsAssets: boolean;
  readonly changesUsers: boolean;
  readonly readsAudit: boolean;
}

export function permissionsOf(role: UserRole): Permissions {
  const isAdmin = role === 'admin';
  return {
    steersTrading: isAdmin || role === 'moderator',
    approvesPrices: isAdmin,
    editsAssets: isAdmin,
    changesUsers: isAdmin,
    readsAudit: isAdmin,
  };
}
