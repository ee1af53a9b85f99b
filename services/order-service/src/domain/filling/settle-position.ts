import type { EventId, IsoTime, TransactionId } from '@cnop/common/core/brands';
import { decimal, formatUsd } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import type { AssetTransaction } from '@cnop/common/entities/asset/asset-transaction';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Balance } from '@cnop/common/entities/user/balance';
import { LEDGER_ACCOUNTS, postToLedger } from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { Funds } from '@cnop/common/trading/holds';
import { settle, settlementLegs } from '@cnop/common/trading/settlement';
import { takeFromPosition } from './execute-order.ts';

/** Everything that the settlement of one position changes, in one commit. */
export interface SettledPosition {
  readonly balance: Balance;
  readonly holding: StoredAssetBalance;
  /** Absent when the position is worth less than a cent. */
  readonly balanceTransaction: BalanceTransaction | undefined;
  readonly assetTransaction: AssetTransaction;
  readonly event: LiveEvent;
}

/**
 * Settles a position in a delisted asset: all of its units against cash, at the published price and without a fee.
 * @returns undefined when there is nothing to settle, or an open order still holds units
 * @see docs/reference/assets.md
 */
export function settlePosition(
  asset: Asset,
  { balance, holding }: Funds,
  {
    tradeId,
    eventId,
    at,
  }: { readonly tradeId: TransactionId; readonly eventId: EventId; readonly at: IsoTime },
): SettledPosition | undefined {
  const { status, settlement_price: price, asset_id: assetId } = asset;
  if (status !== 'delisted' || price === null || !holding) return undefined;
  const quantity = decimal(holding.quantity);
  if (!quantity.gt('0') || decimal(holding.held_quantity).gt('0')) return undefined;
  const { username, quantity: units } = holding;
  const { total, cash } = settle('sell', { quantity, price, feeBps: 0, maySettleToNothing: true });
  const sale = takeFromPosition(holding, { assetId, quantity, cash, at });
  const posted = cash.gt('0')
    ? postToLedger(balance, {
        type: 'settlement',
        direction: 'credit',
        amount: cash,
        counterpart: settlementLegs({ quantity, price, cash }),
        description: `Settled ${units} ${assetId} at ${price}`,
        referenceId: tradeId,
        at,
        id: tradeId,
      })
    : undefined;
  const next = nextEvent(posted?.balance ?? balance, {
    type: 'holding.changed',
    id: eventId,
    at,
    holding: sale.holding,
    cause: 'settlement',
  });
  return {
    balance: next.balance,
    holding: sale.holding,
    balanceTransaction: posted?.transaction,
    assetTransaction: {
      transaction_id: tradeId,
      username,
      asset_id: assetId,
      transaction_type: 'settlement',
      quantity: units,
      counterpart: LEDGER_ACCOUNTS.settlement,
      price,
      mid_price: price,
      total_amount: formatUsd(total),
      order_id: null,
      status: 'completed',
      fees: formatUsd(total.minus(cash)),
      description: null,
      realized_pnl: formatUsd(sale.realized),
      timestamp: at,
      created_at: at,
      updated_at: at,
    },
    event: next.event,
  };
}
