import { clientOrderRecord } from '@cnop/common/dao/order/order-dao';
import type { Item, ItemKey, Write } from '@cnop/common/database/table-store';
import type { OrderCreate } from '@cnop/common/entities/order/order';
import { ValidationError } from '@cnop/exception/errors';

/** Thrown inside a decision, never sent: the order of this name is there already. */
export class KnownClientOrder extends Error {
  readonly orderId: string;

  constructor(orderId: string) {
    super('an order of this client_order_id exists');
    this.orderId = orderId;
  }
}

/** A client's name for its order, with what it was used for. */
export type Claim = Parameters<typeof clientOrderRecord.create>[0];

/** The claim of a request that names its order. */
export function claimOf(
  command: { readonly username: string; readonly request: OrderCreate; readonly requestHash: string },
  orderId: string,
): Claim | undefined {
  const { username, request, requestHash } = command;
  const name = request.client_order_id;
  if (name === null || name === undefined) return undefined;
  return { username, client_order_id: name, order_id: orderId, request_hash: requestHash };
}

export function claimReads(claim: Claim | undefined): { readonly claim?: ItemKey } {
  return claim ? { claim: clientOrderRecord.key(claim) } : {};
}

export function claimWrites(claim: Claim | undefined): Write[] {
  return claim ? [clientOrderRecord.create(claim)] : [];
}

/**
 * @throws KnownClientOrder when the same request made an order before
 * @throws ValidationError (422) when another request did
 */
export function assertUnclaimed(item: Item | undefined, claim: Claim | undefined): void {
  const known = clientOrderRecord.readIfPresent(item);
  if (!known || !claim) return;
  if (known.request_hash === claim.request_hash) throw new KnownClientOrder(known.order_id);
  const message = 'Another order has this client_order_id.';
  throw ValidationError.ofField('client_order_id', message, 'already_exists');
}
