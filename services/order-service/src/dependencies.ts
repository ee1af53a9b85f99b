import { dependency } from '@cnop/common/http/dependencies';
import type { OrderDependencies } from './use-cases/dependencies.ts';

/** What this service's routes hand to their use cases. */
export const [provideOrdering, getOrdering] = dependency<OrderDependencies>('ordering');
