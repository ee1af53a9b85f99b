import { withChanges } from '@cnop/common/auth/audit-event';
import type { OrderId, ProposalId } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { refundProposalRecord } from '@cnop/common/dao/order/refund-proposal-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Item, Write } from '@cnop/common/database/table-store';
import { documentOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema } from '@cnop/common/entities/order/order-document';
import type { RefundProposal } from '@cnop/common/entities/order/refund-proposal';
import { ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import type { RefundedOrder } from '../domain/refund-order.ts';
import { refundOrder } from '../domain/refund-order.ts';
import type { RefundDeps, StaffCaller } from './propose-refund.ts';
import {
  assertNotOwn,
  auditOf,
  findRefundable,
  isPending,
  readParts,
  refundReads,
} from './propose-refund.ts';

/** The decision of a member of staff about a proposal. */
export interface RefundDecision {
  readonly caller: StaffCaller;
  readonly orderId: OrderId;
  readonly proposalId: ProposalId;
}

/**
 * Approves a proposal, which refunds the order: cash, ledger entry, position, asset transaction, order, event, audit event
 * and the stored answer to a retry are one commit. The stored role of the approver is read in it, since a token may be
 * older than the loss of a role.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403) for the proposer, the user of the order, and callers who are not active administrators
 * @throws StateConflictError (409), InsufficientBalanceError (422) when the refund is no longer possible
 * @see docs/reference/refunds.md
 */
export async function approveRefund(
  deps: RefundDeps,
  { caller, orderId, proposalId, intent }: RefundDecision & { readonly intent: Intent | undefined },
): Promise<Once<OrderDocument>> {
  const found = await findRefundable(deps, orderId);
  const now = deps.clock.now();
  const context = { refundId: deps.ids.next(), eventId: deps.ids.next(), at: isoTime(now) };
  const audit = auditOf(deps, caller, { action: 'approve_refund', found });
  return transactOnce(deps.store, {
    intent,
    now,
    answer: orderDocumentSchema,
    reads: {
      ...refundReads(found),
      proposal: refundProposalRecord.key({ order_id: orderId }),
      actor: userRecord.key(caller),
    },
    decide: (items) => {
      const proposal = findPending(items.proposal, proposalId, now);
      const actor = userRecord.readIfPresent(items.actor);
      if (actor?.role !== 'admin' || actor.status !== 'active') throw new ForbiddenError();
      if (proposal.proposed_by === caller.username)
        throw new ForbiddenError('You proposed this refund: another administrator has to approve it.');
      assertNotOwn(proposal, caller);
      const { terms, funds } = readParts(items, found, proposal.quantity, proposal.reason);
      const refunded = refundOrder(terms, funds, context);
      const { previous_balance: before, new_balance: after } = refunded.balanceTransaction;
      const { quantity, reason, proposed_by } = proposal;
      const event = withChanges({ ...audit, detail: { ...audit.detail, quantity, reason, proposed_by } }, [
        { field: 'current_balance', before, after },
      ]);
      return {
        writes: [
          ...writesOf(refunded),
          { kind: 'delete', key: refundProposalRecord.key(proposal) },
          deps.audit.writeFor(event),
        ],
        result: documentOf(refunded.order),
      };
    },
  });
}

function writesOf(refunded: RefundedOrder): Write[] {
  return [
    balanceRecord.replace(refunded.balance),
    balanceTransactionRecord.create(refunded.balanceTransaction),
    assetBalanceRecord.replace(refunded.holding),
    assetTransactionRecord.create(refunded.assetTransaction),
    orderRecord.replace(refunded.order),
    liveEventRecord.create(refunded.event),
  ];
}

/**
 * Rejects a proposal. Administrators may reject any proposal, moderators only their own.
 * @throws NotFoundError (404) when the proposal was decided or has expired
 * @throws ForbiddenError (403)
 */
export async function rejectRefund(
  deps: RefundDeps,
  { caller, orderId, proposalId }: RefundDecision,
): Promise<RefundProposal> {
  const now = deps.clock.now();
  const key = refundProposalRecord.key({ order_id: orderId });
  const stored = refundProposalRecord.readIfPresent(await deps.store.get(key));
  if (!stored) throw new NotFoundError('The proposal');
  const audit = auditOf(deps, caller, {
    action: 'reject_refund',
    found: { document: stored },
    facts: { reason: stored.reason, proposed_by: stored.proposed_by },
  });
  return deps.store.transact({ proposal: key }, (items) => {
    const proposal = findPending(items.proposal, proposalId, now);
    if (caller.role !== 'admin' && proposal.proposed_by !== caller.username) throw new ForbiddenError();
    return { writes: [{ kind: 'delete', key }, deps.audit.writeFor(audit)], result: proposal };
  });
}

/** @throws NotFoundError (404) when the proposal was decided or has expired */
function findPending(item: Item | undefined, proposalId: ProposalId, now: Date): RefundProposal {
  const stored = refundProposalRecord.readIfPresent(item);
  if (stored?.proposal_id !== proposalId || !isPending(stored, now)) throw new NotFoundError('The proposal');
  return stored;
}
