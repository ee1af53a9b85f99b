import type { Username } from '../../core/brands.ts';
import type { TableStore, Write } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { TargetAllocation } from '../../entities/user/target-allocation.ts';
import { targetAllocationSchema } from '../../entities/user/target-allocation.ts';
import { defineRecord } from '../record.ts';

/** The target allocation of a user, at most one. */
export const targetAllocationRecord = defineRecord<TargetAllocation, Pick<TargetAllocation, 'username'>>({
  table: 'users',
  schema: targetAllocationSchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.targetAllocation.sk }),
});

/** Returns the target allocation of a user; undefined when none is stored. */
export async function readTargetAllocation(
  store: TableStore,
  username: Username,
): Promise<TargetAllocation | undefined> {
  return targetAllocationRecord.readIfPresent(await store.get(targetAllocationRecord.key({ username })));
}

/** Stores the target allocation of a user in place of any other; undefined removes it. */
export async function writeTargetAllocation(
  store: TableStore,
  username: Username,
  target: TargetAllocation | undefined,
): Promise<void> {
  const key = targetAllocationRecord.key({ username });
  await store.transact({ target: key }, ({ target: before }) => {
    const writes: Write[] = [];
    if (target)
      writes.push(before ? targetAllocationRecord.replace(target) : targetAllocationRecord.create(target));
    else if (before) writes.push({ kind: 'delete', key });
    return { writes, result: undefined };
  });
}
