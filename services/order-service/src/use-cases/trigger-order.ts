import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { Order } from '@cnop/common/entities/order/order';
import { mayExecute, mayExecuteAny } from '@cnop/common/trading/asset-states';
import { sideOf } from '@cnop/common/trading/order-sides';
import type { Trigger } from '../domain/execute-triggered-order.ts';
import { executeTriggeredOrder } from '../domain/execute-triggered-order.ts';
import { isTradable } from '../domain/fresh-quote.ts';
import type { OpenOrder } from './change-open-order.ts';
import { changeOpenOrder } from './change-open-order.ts';
import type { OrderDependencies } from './dependencies.ts';

/** What makes an order fire, told by the order as it is stored and the price it would be executed at. */
export type TriggerRule = (order: Order, quote: Quote) => Trigger | undefined;

/**
 * - `changed`: it was executed, or it expired or failed instead.
 * - `unchanged`: it does not fire, or somebody else was first.
 * - `blocked`: nothing of this asset can be executed now; it goes on waiting.
 */
export type TriggerAttempt =
  | { readonly kind: 'changed'; readonly order: Order }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'blocked' };

type Triggering = Pick<
  OrderDependencies,
  'store' | 'clock' | 'ids' | 'quoteFor' | 'trades' | 'maxQuoteAgeSeconds'
> & {
  /** May be a second old, since many orders ask for one asset: so long orders may fire after its suspension. */
  readonly assets: Pick<OrderDependencies['assets'], 'getAsset'>;
};

/**
 * Executes an order that fired, at the price of this moment. While its asset is not traded or has no price that is young
 * enough, the order goes on waiting.
 */
export async function triggerOrder(
  deps: Triggering,
  waiting: OpenOrder,
  rule: TriggerRule,
): Promise<TriggerAttempt> {
  const asset = await deps.assets.getAsset(waiting.assetId);
  const now = deps.clock.now();
  const quote = deps.quoteFor(waiting.assetId, asset);
  const canTrade =
    asset && mayExecuteAny(asset.status) && quote && isTradable(quote, now, deps.maxQuoteAgeSeconds);
  if (!canTrade) return { kind: 'blocked' };
  const context = { tradeId: deps.ids.next(), eventId: deps.ids.next(), at: now.toISOString() };
  const order = await changeOpenOrder(deps, waiting, (found, funds) => {
    const mayFire = mayExecute(asset.status, sideOf(found.order_type));
    const trigger = mayFire ? rule(found, quote) : undefined;
    return trigger ? executeTriggeredOrder(found, context, { funds, trigger, quote }) : { kind: 'waits' };
  });
  return order ? { kind: 'changed', order } : { kind: 'unchanged' };
}
