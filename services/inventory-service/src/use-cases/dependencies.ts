import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { LiveCatalogue } from '../catalogue/live-catalogue.ts';
import type { Market } from '../market-maker/live-market.ts';

/** The dependencies of this service's use cases. */
export interface InventoryDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly assets: AssetDao;
  readonly audit: AuditLogger;
  readonly candles: CandleDao;
  readonly catalogue: LiveCatalogue;
  readonly market: Market;
  /** Largest total move of an asset's price by one person within an hour, in percent. */
  readonly manualPriceMaxPercent: number;
}

/** The user who makes a change, as the audit log records it. */
export interface Caller {
  readonly username: string;
  readonly role: UserRole;
  readonly origin: RequestOrigin;
}
