import { decimal } from '@cnop/common/core/money';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';
import type { AssetScales } from './asset-scale.ts';

/** A settlement belongs to no order, costs nothing, and is made at the price that its delisted asset publishes. */
export function checkSettlement(
  { key, entity }: StoredOf<'asset transaction'>,
  asset: AssetScales | undefined,
): Violation[] {
  const { transaction_type, order_id, price, fees, asset_id } = entity;
  const wrong = (text: string) => [violation('trade-settlement', [key], text)];
  if (transaction_type !== 'settlement') {
    return order_id === null ? wrong(`A ${transaction_type} belongs to no order.`) : [];
  }
  if (order_id !== null) return wrong(`A settlement belongs to the order ${order_id}.`);
  if (fees !== null && !decimal(fees).eq('0')) return wrong(`A settlement cost ${fees}.`);
  // That the asset is missing is told by the rule of scales.
  if (!asset) return [];
  if (asset.status !== 'delisted') return wrong(`${asset_id} is ${asset.status}, but was settled.`);
  if (asset.settlement_price !== null && decimal(asset.settlement_price).eq(price)) return [];
  return wrong(`It was settled at ${price}, but ${asset.settlement_price ?? 'no price'} is published.`);
}

/** Nothing is left of an asset that says it was settled. */
export function checkSettledPosition(
  { key, entity }: StoredOf<'holding'>,
  asset: AssetScales | undefined,
): Violation[] {
  if (!asset || asset.settled_at === null || decimal(entity.quantity).eq('0')) return [];
  const text = `All positions were settled at ${asset.settled_at}, but ${entity.quantity} is left.`;
  return [violation('trade-settlement', [key], text)];
}

/** A settlement and the one ledger entry that pays for it. */
export function checkSettlementPayment(
  trades: readonly StoredOf<'asset transaction'>[],
  payments: readonly StoredOf<'ledger entry'>[],
): Violation[] {
  const [trade] = trades;
  const [payment] = payments;
  const keys = [...trades, ...payments].map(({ key }) => key);
  if (!trade || !payment || trades.length + payments.length > 2) {
    const text = `There are ${trades.length} settlements and ${payments.length} payments of this one.`;
    return [violation('trade-settlement', keys, text)];
  }
  const isEqual =
    trade.entity.username === payment.entity.username &&
    payment.entity.direction === 'credit' &&
    decimal(trade.entity.total_amount).eq(payment.entity.amount);
  if (isEqual) return [];
  const text = `It came to ${trade.entity.total_amount}, but ${payment.entity.amount} was paid.`;
  return [violation('trade-settlement', keys, text)];
}
