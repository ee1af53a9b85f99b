import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { AssetDao } from '@cnop/common/dao/inventory/asset-dao';
import type { CandleDao } from '@cnop/common/dao/inventory/candle-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { LiveCatalogue } from '../catalogue/live-catalogue.ts';
import type { Market } from '../market-maker/market.ts';

/** What the use cases of this service work with; each names the part that it needs. */
export interface InventoryDependencies {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly assets: AssetDao;
  readonly audit: AuditLogger;
  readonly candles: CandleDao;
  readonly catalogue: LiveCatalogue;
  readonly market: Market;
  /** How far one person may move the price of an asset by hand within an hour, in percent. */
  readonly manualPriceMaxPercent: number;
}

/** Who asks for a change, for the audit log. */
export interface Caller {
  readonly username: string;
  readonly role: UserRole;
  readonly origin: RequestOrigin;
}
