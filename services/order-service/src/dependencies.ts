import type { Clock } from '@cnop/common/core/clock';
import type { IdSource } from '@cnop/common/core/ids';
import type { TableStore } from '@cnop/common/database/table-store';
import { dependency } from '@cnop/common/http/dependencies';

/** What this service's routes ask for beside the DAOs. */
export const [provideStore, getStore] = dependency<TableStore>('store');
export const [provideClock, getClock] = dependency<Clock>('clock');
export const [provideIds, getIds] = dependency<IdSource>('ids');
