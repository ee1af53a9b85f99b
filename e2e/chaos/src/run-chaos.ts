import { setTimeout as wait } from 'node:timers/promises';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { verifyStore } from '@cnop/standalone/verify/audit-store';
import { anOrderId } from '@cnop/testing/builders/brands';
import { createApi } from '@cnop/testing/system/api-client';
import type { ChaosPlatform } from './chaos-platform.ts';
import type { Difference } from './compare-store.ts';
import { compareWithStore } from './compare-store.ts';
import type { Fault } from './faults.ts';
import type { Observation, OrderLoad } from './order-load.ts';
import { createOrderLoad } from './order-load.ts';

/** The time without an acknowledged order after which the platform has not recovered. */
const MAX_RECOVERY_MILLISECONDS = 60_000;

/** What one fault did to the clients and to the store. */
export interface FaultResult extends Observation, Difference {
  readonly fault: string;
  /** From the end of the fault to the acknowledgement of an order that was begun after it. */
  readonly recoveredAfterMilliseconds: number | undefined;
}

/** A violation that is made on purpose, to see that it is found. */
export type Plant = 'double' | 'lost';

/** The faults to make one after the other, and how. */
export interface ChaosOptions {
  readonly faults: readonly Fault[];
  /** How long each fault lasts. */
  readonly faultMilliseconds: number;
  readonly load: { readonly users: number; readonly clientsPerUser: number };
  readonly plant?: Plant | undefined;
  readonly onResult?: (result: FaultResult) => void;
}

/** The results of all faults, and the rules of money that the store breaks afterwards. */
export interface ChaosReport {
  readonly results: readonly FaultResult[];
  readonly brokenRules: readonly string[];
}

/** Makes faults, one after the other, while clients place orders; compares the store with their orders after each. */
export async function runChaos(platform: ChaosPlatform, options: ChaosOptions): Promise<ChaosReport> {
  const load = await createOrderLoad(createApi(platform.cluster.url), options.load);
  const results: FaultResult[] = [];
  let before: Difference = { lost: 0, doubled: 0 };
  for (const fault of options.faults) {
    const observed = await runFault(load, fault, options.faultMilliseconds);
    if (options.plant !== undefined && fault === options.faults[0])
      await plant(platform, load, options.plant);
    const after = await platform.readStore((store) =>
      compareWithStore(store, load.acknowledged, load.usernames),
    );
    const result = {
      ...observed,
      fault: fault.name,
      lost: after.lost - before.lost,
      doubled: after.doubled - before.doubled,
    };
    before = after;
    results.push(result);
    options.onResult?.(result);
    if (result.recoveredAfterMilliseconds === undefined) break;
  }
  const { violations } = await platform.readStore(verifyStore);
  return { results, brokenRules: violations.map(({ rule, message }) => `${rule}: ${message}`) };
}

async function runFault(load: OrderLoad, fault: Fault, milliseconds: number) {
  load.start();
  await load.nextOrder();
  const finish = load.observe();
  await fault.inject();
  await wait(milliseconds);
  await fault.heal();
  const healedAt = performance.now();
  const late = wait(MAX_RECOVERY_MILLISECONDS, 'late' as const, { ref: false });
  const outcome = await Promise.race([load.nextOrder(), late]);
  const recoveredAfterMilliseconds = outcome === 'late' ? undefined : performance.now() - healedAt;
  await load.pause();
  return { ...finish(), recoveredAfterMilliseconds };
}

/** Makes a violation: the second execution of an order under another key, or the loss of an acknowledged one. */
async function plant(platform: ChaosPlatform, load: OrderLoad, kind: Plant): Promise<void> {
  if (kind === 'double') return load.placeUntold();
  const [victim] = load.acknowledged;
  if (!victim) throw new Error('no order was acknowledged');
  const key = orderRecord.key({ order_id: anOrderId(victim.orderId) });
  await platform.readStore((store) =>
    store.transact({ key }, () => ({ writes: [{ kind: 'delete', key }], result: undefined })),
  );
}

/** Returns whether clients and store agree, the store keeps all rules and the platform recovered from every fault. */
export function isClean({ results, brokenRules }: ChaosReport): boolean {
  const isSound = ({ lost, doubled, refused, recoveredAfterMilliseconds }: FaultResult) =>
    lost === 0 && doubled === 0 && refused.length === 0 && recoveredAfterMilliseconds !== undefined;
  return brokenRules.length === 0 && results.every(isSound);
}
