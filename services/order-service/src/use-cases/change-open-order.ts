import type { AssetId, OrderId, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { orderRecord } from '@cnop/common/dao/order/order-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { Decision, Write } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { OpenOrder, Order, Trigger } from '@cnop/common/entities/order/order';
import { sideOf } from '@cnop/common/entities/order/order';
import { documentOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { EndedOrder } from '@cnop/common/trading/end-order';
import { endOrder } from '@cnop/common/trading/end-order';
import type { Funds } from '@cnop/common/trading/holds';
import { mayExecute, mayExecuteAny } from '@cnop/common/trading/permissions';
import { isTradable } from '@cnop/common/trading/trigger-rules';
import { NotFoundError } from '@cnop/exception/errors';
import type { OpenOrderOutcome } from '../domain/triggers/execute-triggered-order.ts';
import { executeTriggeredOrder, expire, isExpired } from '../domain/triggers/execute-triggered-order.ts';
import type { OrderDependencies } from './dependencies.ts';
import type { OwnOrder } from './list-orders.ts';
import { findOwnOrder } from './list-orders.ts';
import { executionWrites, fundsOf, fundsReads, reportTrade } from './place-order.ts';

/** The keys of an order and of the funds that its change reads. */
export interface OrderKeys {
  readonly orderId: OrderId;
  readonly username: Username;
  readonly assetId: AssetId;
}

type Changing = Pick<OrderDependencies, 'store' | 'clock' | 'ids' | 'trades'>;

/**
 * Cancels an open order and releases its hold.
 * @throws NotFoundError (404), StateConflictError (409) when the order is final
 */
export async function cancelOrder(
  deps: Changing & Pick<OrderDependencies, 'orders'>,
  { username, orderId }: OwnOrder,
): Promise<OrderDocument> {
  const { asset_id: assetId } = await findOwnOrder(deps, { username, orderId });
  const ending = cancellation(deps, 'cancelled by the user');
  const cancelled = await changeOpenOrder(deps, { orderId, username, assetId }, (found, funds) => ({
    kind: 'ended',
    ended: endOrder(found, funds, ending),
  }));
  if (!cancelled) throw new NotFoundError('The order');
  return cancelled;
}

/**
 * Cancels an order on behalf of the platform, because its asset can no longer be traded.
 * @param reason shown to the user
 * @returns undefined when the order is no longer open
 */
export async function withdrawOrder(
  deps: Changing,
  order: OrderKeys,
  reason: string,
): Promise<OrderDocument | undefined> {
  const ending = cancellation(deps, reason);
  return changeOpenOrder(deps, order, (found, funds) =>
    found.status === 'queued'
      ? { kind: 'ended', ended: endOrder(found, funds, ending) }
      : { kind: 'unchanged' },
  );
}

function cancellation({ ids, clock }: Pick<Changing, 'ids' | 'clock'>, reason: string) {
  return { status: 'cancelled', reason, eventId: ids.next(), at: isoTime(clock.now()) } as const;
}

/**
 * Expires an open order and releases its hold.
 * @returns undefined when the order is no longer open, or its expiry has not come
 */
export async function expireOrder(deps: Changing, order: OrderKeys): Promise<OrderDocument | undefined> {
  const context = { eventId: deps.ids.next(), at: isoTime(deps.clock.now()) };
  return changeOpenOrder(deps, order, (found, funds) =>
    found.status === 'queued' && isExpired(found, context.at)
      ? expire(found, funds, context)
      : { kind: 'unchanged' },
  );
}

/** Returns the trigger of an open order, given the stored order and the quote that it would be filled at. */
export type TriggerRule = (order: OpenOrder, quote: Quote) => Trigger | undefined;

/**
 * The result of triggering an order.
 *
 * - `changed`: it was filled, or it ended instead, or it now waits for its price bound.
 * - `unchanged`: it is not triggered, or another change came first.
 * - `overtaken`: it was filled before.
 * - `blocked`: no order of the asset can be filled now; it stays open.
 */
export type TriggerAttempt =
  | { readonly kind: 'changed'; readonly order: OrderDocument }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'overtaken' }
  | { readonly kind: 'blocked' };

type Triggering = Changing &
  Pick<OrderDependencies, 'quoteFor' | 'maxQuoteAgeSeconds'> & {
    /** May be a second old, since many orders ask for one asset: orders may be filled that long after its suspension. */
    readonly assets: Pick<OrderDependencies['assets'], 'getAsset'>;
  };

/**
 * Executes a triggered order at the current quote. While its asset is not traded or has no tradable quote, the order
 * stays open.
 */
export async function triggerOrder(
  deps: Triggering,
  open: OrderKeys,
  rule: TriggerRule,
): Promise<TriggerAttempt> {
  const asset = await deps.assets.getAsset(open.assetId);
  const now = deps.clock.now();
  const quote = deps.quoteFor(open.assetId, asset);
  const canTrade =
    asset && mayExecuteAny(asset.status) && quote && isTradable(quote, now, deps.maxQuoteAgeSeconds);
  if (!canTrade) return { kind: 'blocked' };
  const context = { tradeId: deps.ids.next(), eventId: deps.ids.next(), at: isoTime(now) };
  let isFilled = false;
  const order = await changeOpenOrder(deps, open, (found, funds) => {
    isFilled = found.status === 'completed';
    if (found.status !== 'queued' || !mayExecute(asset.status, sideOf(found.order_type))) {
      return { kind: 'unchanged' };
    }
    const trigger = rule(found, quote);
    return trigger ? executeTriggeredOrder(found, context, { funds, trigger, quote }) : { kind: 'unchanged' };
  });
  if (order) return { kind: 'changed', order };
  return { kind: isFilled ? 'overtaken' : 'unchanged' };
}

/**
 * Decides about one order and the funds of its account in one commit. Of several concurrent changes (a cancellation, an
 * expiry, a trigger, another instance) the first wins, and the others find the order in its new state.
 * @returns the order after its change; undefined when it is unchanged or does not exist
 */
async function changeOpenOrder(
  deps: Pick<OrderDependencies, 'store' | 'trades'>,
  { orderId, username, assetId }: OrderKeys,
  rule: (order: Order, funds: Funds) => OpenOrderOutcome,
): Promise<OrderDocument | undefined> {
  const reads = { order: orderRecord.key({ order_id: orderId }), ...fundsReads(username, assetId) };
  const changed = await deps.store.transact(reads, (items) => {
    const order = orderRecord.readIfPresent(items.order);
    return order ? decisionOf(rule(order, fundsOf(items))) : unchanged;
  });
  if (changed) reportTrade(deps, changed);
  return changed;
}

/** Whether an order stays as it is depends on the order alone: on its state, and on the quotes that it is compared with. */
const unchanged = { writes: [], result: undefined, dependsOn: 'order' } as const;

function decisionOf(outcome: OpenOrderOutcome): Decision<OrderDocument | undefined> {
  switch (outcome.kind) {
    case 'unchanged':
      return unchanged;
    case 'bound':
      return { writes: [orderRecord.replace(outcome.order)], result: documentOf(outcome.order) };
    case 'ended':
      return { writes: endingWrites(outcome.ended), result: documentOf(outcome.ended.order) };
    case 'executed':
      return {
        writes: executionWrites(outcome.executed, { isNew: false }),
        result: documentOf(outcome.executed.order),
      };
  }
}

/** Returns the writes of an open order that ends without a fill. */
function endingWrites({ order, balance, holding, event }: EndedOrder): Write[] {
  return [
    balanceRecord.replace(balance),
    ...(holding ? [assetBalanceRecord.replace(holding)] : []),
    orderRecord.replace(order),
    liveEventRecord.create(event),
  ];
}
