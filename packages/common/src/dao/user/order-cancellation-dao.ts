import { z } from 'zod';
import type { Page, Position } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { timestampSchema, usernameSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const PENDING_PARTITION = 'ORDER-CANCELLATIONS';
const UPGRADES_PARTITION = 'UPGRADES';

const orderCancellationSchema = z.object({ username: usernameSchema, since: timestampSchema });
export type OrderCancellation = z.infer<typeof orderCancellationSchema>;

/** One item for each account that may not trade and still has open orders: what an interrupted suspension resumes by. */
export const orderCancellationRecord = defineRecord<OrderCancellation, Pick<OrderCancellation, 'username'>>({
  table: 'users',
  schema: orderCancellationSchema,
  key: ({ username }) => ({ pk: PENDING_PARTITION, sk: username }),
});

const upgradeSchema = z.object({ name: z.enum(['trading-blocks']), done_at: timestampSchema });
type Upgrade = z.infer<typeof upgradeSchema>;

/** One item for each upgrade of stored data that was completed, so that no later start repeats it. */
export const upgradeRecord = defineRecord<Upgrade, Pick<Upgrade, 'name'>>({
  table: 'users',
  schema: upgradeSchema,
  key: ({ name }) => ({ pk: UPGRADES_PARTITION, sk: name }),
});

/** Lists accounts whose open orders are still to be cancelled. */
export async function readOrderCancellations(
  store: TableStore,
  { limit, after }: { readonly limit: number; readonly after?: Position | undefined },
): Promise<Page<OrderCancellation>> {
  const query = { table: 'users', pk: PENDING_PARTITION, order: 'ascending', limit, after } as const;
  const found = await store.query(query);
  return { items: found.items.map(orderCancellationRecord.read), next: found.next };
}
