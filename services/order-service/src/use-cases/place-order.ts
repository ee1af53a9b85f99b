import { countOpenOrders } from '@cnop/common/accounts/cancel-open-orders';
import type { AssetId, OrderId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { Intent } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { clientOrderRecord, orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Decision, Item, ItemKey, ReadItems, Write } from '@cnop/common/database/table-store';
import { documentOf } from '@cnop/common/entities/order/order-codec';
import type { OrderCreate, OrderDocument } from '@cnop/common/entities/order/order-document';
import { orderDocumentSchema, withoutDefaults } from '@cnop/common/entities/order/order-document';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { Funds } from '@cnop/common/trading/holds';
import { assertMayTrade } from '@cnop/common/trading/permissions';
import { QuoteRefusedError } from '@cnop/common/trading/trigger-rules';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import type { ExecutedOrder } from '../domain/filling/execute-order.ts';
import type { AcceptedOrder, OrderContext, Placement } from '../domain/placing/decide-placement.ts';
import { decidePlacement } from '../domain/placing/decide-placement.ts';
import type { OrderDependencies } from './dependencies.ts';
import { countRefusedQuote } from './dependencies.ts';
import { findOwnOrder } from './list-orders.ts';

/** A request for an order, with its user. */
export interface OrderCommand {
  readonly username: Username;
  /** The role in the access token: a change of role ends the sessions that carry the old one. */
  readonly role: UserRole;
  readonly request: OrderCreate;
  /** Distinguishes this request from another one with the same client_order_id. */
  readonly requestHash: string;
}

/** A request that is to be placed. */
export interface PlaceOrder extends OrderCommand {
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
  /** What else the commit of the order reads and changes. */
  readonly alongside?: Alongside;
}

/** Further parts of the commit of an order. */
export interface Alongside {
  readonly reads: Readonly<Record<string, ItemKey>>;
  /**
   * Returns the writes for an order that is about to be stored.
   * @throws to place no order
   */
  readonly writesFor: (
    items: Readonly<Record<string, Item | undefined>>,
    order: OrderDocument,
  ) => readonly Write[];
}

export interface PlacedOrder {
  readonly order: OrderDocument;
  /** `known`: an order with this client_order_id exists; `replayed`: the Idempotency-Key was answered before. */
  readonly outcome: 'placed' | 'known' | 'replayed';
}

/**
 * Places an order: fills it at the current quote, or holds what it needs and leaves it open. Funds, ledger, order, event
 * and the answer to a retry are one commit.
 *
 * - A retry with the same Idempotency-Key returns the first answer, whatever became of the asset and its price.
 * - The same request with the same client_order_id returns the order that it placed.
 *
 * @throws StaffCannotTradeError, ForbiddenError (403) when the role or the account may not trade
 * @throws NotFoundError (404) for an unknown asset
 * @throws ValidationError, AssetNotTradableError, OrderRefusedError, InsufficientBalanceError, OpenOrderLimitError,
 *   OrderValueLimitError (all 422)
 * @throws QuoteRefusedError (503)
 * @see docs/reference/orders.md
 */
export async function placeOrder(deps: OrderDependencies, command: PlaceOrder): Promise<PlacedOrder> {
  const { username, role, request, intent, alongside } = command;
  const now = deps.clock.now();
  const asset = await deps.assets.getAsset(request.asset_id);
  const context: OrderContext = {
    username,
    orderId: deps.ids.next(),
    tradeId: deps.ids.next(),
    eventId: deps.ids.next(),
    at: isoTime(now),
  };
  const quote = deps.quoteFor(request.asset_id, asset);
  const { maxQuoteAgeSeconds, maxOpenOrders } = deps;
  const maxOrderValue = deps.maxOrderValueOf && (await deps.maxOrderValueOf(username));
  const situation = {
    request,
    asset,
    quote,
    now,
    maxQuoteAgeSeconds,
    maxOpenOrders,
    maxOrderValue,
    context,
  };
  const claim = claimOf(command, context.orderId);
  const attempt = async (): Promise<PlacedOrder> => {
    const { result: order, isReplayed } = await transactOnce(deps.store, {
      intent,
      now,
      answer: orderDocumentSchema,
      remembered: withoutDefaults,
      reads: { ...alongside?.reads, ...fundsReads(username, request.asset_id), ...claimReads(claim) },
      decide: (items) => {
        assertUnclaimed(items.claim, claim);
        // Checked inside the transaction, so that a retry is answered whatever became of the asset and its price.
        assertMayTrade(role);
        const funds = fundsOf(items);
        const placement = decidePlacement({ ...situation, funds });
        if (placement.kind === 'queued' && funds.balance.open_order_count === null)
          throw new UncountedOrders();
        const { writes, result } = decisionOf(placement);
        return {
          writes: [...writes, ...claimWrites(claim), ...(alongside?.writesFor(items, result) ?? [])],
          result,
        };
      },
    });
    if (!isReplayed) reportTrade(deps, order);
    return { order, outcome: isReplayed ? 'replayed' : 'placed' };
  };
  try {
    return await countingFirst(deps, username, attempt);
  } catch (error) {
    if (error instanceof QuoteRefusedError) countRefusedQuote({ use: 'order', reason: error.fault });
    if (!(error instanceof KnownClientOrder)) throw error;
    return { order: await findOwnOrder(deps, { username, orderId: error.orderId }), outcome: 'known' };
  }
}

function decisionOf(placement: Placement): Decision<OrderDocument> {
  if (placement.kind === 'executed') {
    const { executed } = placement;
    return { writes: executionWrites(executed, { isNew: true }), result: documentOf(executed.order) };
  }
  return { writes: acceptanceWrites(placement.accepted), result: documentOf(placement.accepted.order) };
}

/** Thrown inside a decision, never sent: the open orders of the account were never counted. */
class UncountedOrders extends Error {}

/** Runs an attempt. If it needs a count of open orders that does not exist, counts them and tries again. */
async function countingFirst<T>(
  { store }: Pick<OrderDependencies, 'store'>,
  username: Username,
  attempt: () => Promise<T>,
): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof UncountedOrders)) throw error;
    await countOpenOrders(store, username);
    return attempt();
  }
}

/** The client_order_id of a request, and the order that it is used for. */
export type Claim = Parameters<typeof clientOrderRecord.create>[0];

/** Thrown inside a decision, never sent: an order with this client_order_id exists. */
export class KnownClientOrder extends Error {
  readonly orderId: OrderId;

  constructor(orderId: OrderId) {
    super('an order with this client_order_id exists');
    this.orderId = orderId;
  }
}

/** Returns the claim of a request; undefined when it has no client_order_id. */
export function claimOf(command: OrderCommand, orderId: OrderId): Claim | undefined {
  const { username, request, requestHash } = command;
  const name = request.client_order_id;
  if (name === null || name === undefined) return undefined;
  return { username, client_order_id: name, order_id: orderId, request_hash: requestHash };
}

/** Returns the key that `assertUnclaimed` needs. */
export function claimReads(claim: Claim | undefined): { readonly claim?: ItemKey } {
  return claim ? { claim: clientOrderRecord.key(claim) } : {};
}

function claimWrites(claim: Claim | undefined): Write[] {
  return claim ? [clientOrderRecord.create(claim)] : [];
}

/**
 * Refuses a client_order_id that was used before.
 * @throws KnownClientOrder when the same request placed the order
 * @throws ValidationError (422) when another request did
 */
export function assertUnclaimed(item: Item | undefined, claim: Claim | undefined): void {
  const known = clientOrderRecord.readIfPresent(item);
  if (!known || !claim) return;
  if (known.request_hash === claim.request_hash) throw new KnownClientOrder(known.order_id);
  const message = 'Another order has this client_order_id.';
  throw ValidationError.ofField('client_order_id', message, 'already_exists');
}

/** Returns the writes of an order that is accepted and open. */
function acceptanceWrites({ order, balance, holding, event }: AcceptedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.create(order),
    liveEventRecord.create(event),
  ];
}

/** Returns the keys of the funds that a decision about an order reads. */
export function fundsReads(username: Username, assetId: AssetId) {
  return {
    balance: balanceRecord.key({ username }),
    holding: assetBalanceRecord.key({ username, asset_id: assetId }),
  } satisfies Record<string, ItemKey>;
}

/**
 * Parses the items of `fundsReads`.
 * @throws NotFoundError (404) without an account
 */
export function fundsOf(items: ReadItems<ReturnType<typeof fundsReads>>): Funds {
  const balance = balanceRecord.readIfPresent(items.balance);
  if (!balance) throw new NotFoundError('The account');
  return { balance, holding: assetBalanceRecord.readIfPresent(items.holding) };
}

/**
 * Returns the writes of a filled order.
 * @param isNew whether the order is stored for the first time; otherwise it was open
 */
export function executionWrites(executed: ExecutedOrder, { isNew }: { readonly isNew: boolean }): Write[] {
  return [
    balanceRecord.replace(executed.balance),
    ...(executed.balanceTransaction ? [balanceTransactionRecord.create(executed.balanceTransaction)] : []),
    assetBalanceRecord.replace(executed.holding),
    assetTransactionRecord.create(executed.assetTransaction),
    isNew ? orderRecord.create(executed.order) : orderRecord.replace(executed.order),
    liveEventRecord.create(executed.event),
  ];
}

/** Reports the trade of a filled order to the trade feed, after its commit. Does nothing for any other order. */
export function reportTrade({ trades }: Pick<OrderDependencies, 'trades'>, order: OrderDocument): void {
  if (order.status !== 'completed' || order.executed_at === null) return;
  trades.report({ asset_id: order.asset_id, quantity: order.quantity, at: order.executed_at });
}
