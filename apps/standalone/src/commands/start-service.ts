import { loadEnvFile } from '@cnop/common/config/read-config';
import type { Role } from '../cluster/cluster-plan.ts';

/** Loads the program of a process, which runs until SIGINT or SIGTERM. */
const LOAD: Readonly<Record<Role, () => Promise<unknown>>> = {
  gateway: () => import('@cnop/gateway/server'),
  user: () => import('@cnop/user-service/server'),
  order: () => import('@cnop/order-service/server'),
  inventory: () => import('@cnop/inventory-service/server'),
};

/**
 * `cnop start <service>`: runs the gateway or one service alone, one process of many.
 * @see docs/operating/many-machines.md
 */
export async function runStartService(service: Role): Promise<void> {
  loadEnvFile();
  await LOAD[service]();
}
