import type { AuditLogger } from '@cnop/common/auth/audit-logger';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import type { RequestOrigin } from '@cnop/common/auth/client-address';
import type { OrderId, Quantity, Username } from '@cnop/common/core/brands';
import { isoTime, newId } from '@cnop/common/core/brands';
import { addSeconds } from '@cnop/common/core/clock';
import { decimal, formatQuantity } from '@cnop/common/core/money';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { readRefundProposals, refundProposalRecord } from '@cnop/common/dao/order/refund-proposal-dao';
import type { Decision, ReadItems } from '@cnop/common/database/table-store';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { OrderIn } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderRefundSchema } from '@cnop/common/entities/order/order-document';
import { figureSchema } from '@cnop/common/entities/order/order-preview';
import type { RefundProposal } from '@cnop/common/entities/order/refund-proposal';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { Funds } from '@cnop/common/trading/holds';
import { ForbiddenError, InternalError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import { ProblemError } from '@cnop/exception/problem-error';
import { z } from 'zod';
import type { OrderDependencies } from '../../use-cases/dependencies.ts';
import { fundsOf, fundsReads } from '../../use-cases/place-order.ts';
import type { RefundedOrder, RefundTerms } from '../domain/refund-order.ts';
import { refundOrder } from '../domain/refund-order.ts';

/** The time that an administrator has to approve a proposal. */
const PROPOSAL_LIFETIME_SECONDS = 7 * 24 * 60 * 60;
/** Trades of one user in one asset at one millisecond. */
const MAX_TRADES_OF_A_MOMENT = 100;

export type RefundDeps = Pick<
  OrderDependencies,
  'store' | 'clock' | 'ids' | 'orders' | 'assetTransactions'
> & {
  readonly audit: AuditLogger;
};

/** Adds the audit log, which the other use cases do not need, to the dependencies of the service. */
export function refundDependencies(deps: OrderDependencies): RefundDeps {
  return { ...deps, audit: createAuditLogger(deps) };
}

/** The member of staff who sends a request. */
export interface StaffCaller {
  readonly username: Username;
  readonly role: UserRole;
  readonly origin: RequestOrigin;
}

/** A refund as staff ask for it. */
export interface RefundRequest {
  readonly caller: StaffCaller;
  readonly orderId: OrderId;
  /** Units; undefined for all of the order. */
  readonly quantity: Quantity | undefined;
}

/** What a refund would do if it were approved now. */
export const refundPreviewSchema = z.object({
  would_be: z.enum(['refunded', 'refused']),
  refund: orderRefundSchema
    .pick({ quantity: true, total_amount: true, fees: true })
    .nullable()
    .describe('Null when the refund would be refused.'),
  cash: z
    .object({ before: figureSchema, after: figureSchema })
    .nullable()
    .describe('The cash of the user in USD.'),
  position: z
    .object({ before: figureSchema, after: figureSchema })
    .nullable()
    .describe('The units of the user.'),
  realized_pnl: figureSchema.nullable().describe('The change of the realised profit in USD.'),
  reasons: z
    .array(z.object({ code: z.string(), message: z.string() }))
    .describe('The reason for which the refund would be refused.'),
});
export type RefundPreview = z.infer<typeof refundPreviewSchema>;

/**
 * Returns an order of any user, for staff.
 * @throws NotFoundError (404)
 */
export async function readAnyOrder(
  { orders }: Pick<RefundDeps, 'orders'>,
  orderId: OrderId,
): Promise<OrderDocument> {
  const order = await orders.getOrder(orderId);
  if (!order) throw new NotFoundError('The order');
  return order;
}

/**
 * Predicts what a refund would do if it were approved now. Writes nothing.
 * @throws NotFoundError (404) for an unknown order
 */
export async function previewRefund(deps: RefundDeps, request: RefundRequest): Promise<RefundPreview> {
  const found = await findRefundable(deps, request.orderId);
  const context = { refundId: newId('preview'), eventId: newId('preview'), at: isoTime(deps.clock.now()) };
  return deps.store.transact(refundReads(found), (items): Decision<RefundPreview> => {
    const parts = readParts(items, found, request.quantity);
    try {
      assertNotOwn(parts.terms.order, request.caller);
      return { writes: [], result: previewOf(refundOrder(parts.terms, parts.funds, context), parts.funds) };
    } catch (error) {
      if (!(error instanceof ProblemError)) throw error;
      const reasons = [{ code: error.code, message: error.errors?.[0]?.message ?? error.message }];
      return { writes: [], result: { ...NO_EFFECT, reasons } };
    }
  });
}

const NO_EFFECT = {
  would_be: 'refused',
  refund: null,
  cash: null,
  position: null,
  realized_pnl: null,
} as const;

function previewOf(
  { order, balance, holding, assetTransaction }: RefundedOrder,
  before: Funds,
): RefundPreview {
  if (!order.refund) throw new InternalError(new Error(`the refund of ${order.order_id} is missing`));
  const { quantity, total_amount, fees } = order.refund;
  return {
    would_be: 'refunded',
    refund: { quantity, total_amount, fees },
    cash: { before: before.balance.current_balance, after: balance.current_balance },
    position: { before: before.holding?.quantity ?? '0', after: holding.quantity },
    realized_pnl: assetTransaction.realized_pnl,
    reasons: [],
  };
}

/**
 * Proposes the refund of a filled order to an administrator. Repeating the same proposal returns it and writes nothing.
 * @throws NotFoundError (404) for an unknown order
 * @throws ForbiddenError (403) for an order of one's own
 * @throws StateConflictError (409) while another refund of the order is proposed, and all errors of `refundOrder`
 */
export async function proposeRefund(
  deps: RefundDeps,
  { caller, reason, ...request }: RefundRequest & { readonly reason: string },
): Promise<RefundProposal> {
  const found = await findRefundable(deps, request.orderId);
  const now = deps.clock.now();
  const at = isoTime(now);
  const context = { refundId: deps.ids.next(), eventId: deps.ids.next(), at };
  const proposalId = deps.ids.next();
  const audit = auditOf(deps, caller, { action: 'propose_refund', found, facts: { reason } });
  const reads = { ...refundReads(found), proposal: refundProposalRecord.key({ order_id: request.orderId }) };
  return deps.store.transact(reads, (items): Decision<RefundProposal> => {
    const { terms, funds } = readParts(items, found, request.quantity, reason);
    assertNotOwn(terms.order, caller);
    const pending = refundProposalRecord.readIfPresent(items.proposal);
    if (pending && isPending(pending, now)) {
      if (isSame(pending, terms, caller)) return { writes: [], result: pending };
      throw new StateConflictError('A refund of this order is proposed already: approve or reject it first.');
    }
    // Refuses what could not be approved now either.
    refundOrder(terms, funds, context);
    const { order_id, username, asset_id, order_type } = terms.order;
    const proposal = {
      proposal_id: proposalId,
      order_id,
      username,
      asset_id,
      side: sideOf(order_type),
      quantity: formatQuantity(terms.quantity),
      reason,
      proposed_by: caller.username,
      proposed_at: at,
      expires_at: isoTime(addSeconds(now, PROPOSAL_LIFETIME_SECONDS)),
    };
    return { writes: [refundProposalRecord.replace(proposal), deps.audit.writeFor(audit)], result: proposal };
  });
}

function isSame(
  pending: RefundProposal,
  { quantity, reason }: RefundTerms,
  { username }: StaffCaller,
): boolean {
  return pending.proposed_by === username && pending.reason === reason && quantity.eq(pending.quantity);
}

/** Lists the proposals that await an administrator, the oldest first. */
export async function listRefundProposals({
  store,
  clock,
}: Pick<RefundDeps, 'store' | 'clock'>): Promise<RefundProposal[]> {
  const now = clock.now();
  const pending = (await readRefundProposals(store)).filter((proposal) => isPending(proposal, now));
  return pending.toSorted((one, other) => (one.proposed_at < other.proposed_at ? -1 : 1));
}

/** Returns whether a proposal has not expired. */
export function isPending({ expires_at }: RefundProposal, now: Date): boolean {
  return now.getTime() < Date.parse(expires_at);
}

/** A filled order with its trade, which never change but for the refund. */
export interface Refundable {
  readonly document: OrderDocument;
  readonly trade: AssetTransaction;
}

/**
 * Finds a filled order and its trade.
 * @throws NotFoundError (404); StateConflictError (409) for an order that is not filled
 */
export async function findRefundable(
  deps: Pick<RefundDeps, 'orders' | 'assetTransactions'>,
  orderId: OrderId,
): Promise<Refundable> {
  const document = await readAnyOrder(deps, orderId);
  const { status, executed_at: at, username, asset_id } = document;
  if (status !== 'completed' || at === null)
    throw new StateConflictError(`The order is ${status}: only a filled order can be refunded.`);
  const page = { limit: MAX_TRADES_OF_A_MOMENT, offset: 0, after: undefined };
  const trades = await deps.assetTransactions.getUserAssetTransactions(username, asset_id, page, {
    from: at,
    to: at,
  });
  const trade = trades.items.find(
    ({ order_id, transaction_type: type }) => order_id === orderId && (type === 'buy' || type === 'sell'),
  );
  if (!trade) throw new InternalError(new Error(`the order ${orderId} has no trade`));
  return { document, trade };
}

/** Returns the keys that `readParts` needs. */
export function refundReads({ document: { order_id, username, asset_id } }: Refundable) {
  return {
    ...fundsReads(username, asset_id),
    order: orderRecord.key({ order_id }),
    asset: assetRecord.key({ asset_id }),
  };
}

/** Parses the items of `refundReads`. */
export function readParts(
  items: ReadItems<ReturnType<typeof refundReads>>,
  { document, trade }: Refundable,
  quantity: Quantity | undefined,
  reason = '',
): { readonly terms: RefundTerms; readonly funds: Funds } {
  const order = filled(items.order ? orderRecord.read(items.order) : orderOf(document));
  const asset = assetRecord.readIfPresent(items.asset);
  if (!asset)
    throw new InternalError(new Error(`the asset of order ${order.order_id} is not in the catalogue`));
  return {
    terms: { order, trade, asset, quantity: decimal(quantity ?? order.quantity), reason },
    funds: fundsOf(items),
  };
}

function filled(order: ReturnType<typeof orderOf>): OrderIn<'completed'> {
  if (order.status !== 'completed')
    throw new InternalError(new Error(`order ${order.order_id} is not filled`));
  return order;
}

/** @throws ForbiddenError (403) for an order of the caller */
export function assertNotOwn({ username }: Pick<OrderDocument, 'username'>, caller: StaffCaller): void {
  if (username === caller.username) throw new ForbiddenError('You cannot refund an order of your own.');
}

/** Builds the audit event of a step of a refund. */
export function auditOf(
  { audit }: Pick<RefundDeps, 'audit'>,
  { username: actor, origin }: StaffCaller,
  {
    action,
    found: { document },
    facts = {},
  }: {
    readonly action: 'propose_refund' | 'approve_refund' | 'reject_refund';
    readonly found: { readonly document: Pick<OrderDocument, 'username' | 'order_id'> };
    readonly facts?: Readonly<Record<string, string>>;
  },
) {
  const detail = { action, order_id: document.order_id, ...facts };
  return audit.eventOf({ type: 'admin_action', username: document.username, actor, ...origin, detail });
}
