import { z } from 'zod';
import type { Page, Position } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import { timestampSchema, usernameSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const orderCancellationSchema = z.object({ username: usernameSchema, since: timestampSchema });
export type OrderCancellation = z.infer<typeof orderCancellationSchema>;

/** A pending cancellation: a blocked account that still has open orders. An interrupted suspension resumes from it. */
export const orderCancellationRecord = defineRecord<OrderCancellation, Pick<OrderCancellation, 'username'>>({
  table: 'users',
  schema: orderCancellationSchema,
  key: ({ username }) => ({ pk: KEYS.users.orderCancellation.pk, sk: username }),
});

/** Lists the pending cancellations, by username. */
export async function readOrderCancellations(
  store: TableStore,
  { limit, after }: { readonly limit: number; readonly after?: Position | undefined },
): Promise<Page<OrderCancellation>> {
  const query = {
    table: 'users',
    pk: KEYS.users.orderCancellation.pk,
    order: 'ascending',
    limit,
    after,
  } as const;
  const found = await store.query(query);
  return { items: found.items.map(orderCancellationRecord.read), next: found.next };
}
