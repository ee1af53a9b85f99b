import { dependency } from '@cnop/common/http/dependencies';
import type { InventoryDependencies } from './use-cases/dependencies.ts';

/** What this service's routes hand to its use cases. */
export const [provideInventory, getInventory] = dependency<InventoryDependencies>('inventory');
