import { epochSeconds } from '../../core/clock.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { RefundProposal } from '../../entities/order/refund-proposal.ts';
import { refundProposalSchema } from '../../entities/order/refund-proposal.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The pending proposal to refund an order, at most one. Its approval or rejection deletes it. */
export const refundProposalRecord = defineRecord<RefundProposal, Pick<RefundProposal, 'order_id'>>({
  table: 'orders',
  schema: refundProposalSchema,
  key: ({ order_id }) => ({ pk: KEYS.orders.refundProposal.pk, sk: order_id }),
  expiresAtEpochSeconds: ({ expires_at }) => epochSeconds(new Date(expires_at)),
});

/** Returns all stored proposals, by order. Some may have expired. */
export async function readRefundProposals(store: TableStore): Promise<RefundProposal[]> {
  return readAll(
    store,
    { table: 'orders', pk: KEYS.orders.refundProposal.pk, order: 'ascending' },
    refundProposalRecord.read,
  );
}
