import { decimal } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { Order } from '@cnop/common/entities/order/order';
import { releaseCash } from '@cnop/common/entities/user/balance-rules';
import { releaseUnits } from './holding.ts';
import { sideOf } from './order-sides.ts';
import type { Books } from './trade.ts';

export interface ReleasedBooks extends Books {
  /** The holding when something of it was given back; nothing to write otherwise. */
  readonly changedHolding: StoredAssetBalance | undefined;
}

/** The books without what an order has reserved. */
export function releaseHold(order: Order, books: Books, at: string): ReleasedBooks {
  const held = decimal(order.held_amount);
  const { balance, holding } = books;
  if (held.eq('0')) return { balance, holding, changedHolding: undefined };
  if (sideOf(order.order_type) === 'buy') {
    return { balance: releaseCash(balance, held, at), holding, changedHolding: undefined };
  }
  // An order that sells could only be accepted from a holding, and holdings are never deleted.
  const released = holding && releaseUnits(holding, { assetId: order.asset_id, quantity: held, at });
  return { balance, holding: released, changedHolding: released };
}
