import type { EventId, IsoTime, Price, Quantity, TransactionId } from '@cnop/common/core/brands';
import { decimal, formatQuantity, formatUsd, isStorable, ZERO } from '@cnop/common/core/money';
import type { StoredAssetBalance } from '@cnop/common/entities/asset/asset-balance';
import { tooPreciseMessage } from '@cnop/common/entities/fields';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Balance } from '@cnop/common/entities/user/balance';
import { InsufficientBalanceError, userAccount } from '@cnop/common/entities/user/balance-rules';
import type { EventCause, LiveEvent } from '@cnop/common/entities/user/live-event';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import type { TransferLimits } from '@cnop/common/entities/user/transfer-rules';
import { accountRefusals, countSent } from '@cnop/common/entities/user/transfer-rules';
import type { Funds } from '@cnop/common/trading/holds';
import { availableUnits } from '@cnop/common/trading/holds';
import { AssetNotTradableError, mayPlace } from '@cnop/common/trading/permissions';
import type { MovedPosition } from '@cnop/common/trading/unit-movements';
import { receiveUnits, sendUnits, valueOfUnits } from '@cnop/common/trading/unit-movements';
import { UnavailableError, ValidationError } from '@cnop/exception/errors';
import type { ProblemError } from '@cnop/exception/problem-error';

const NEXT_PRICE_SECONDS = 2;

/** A transfer of units of an asset with everything that decides about it. */
export interface UnitTransfer {
  readonly sender: Funds;
  readonly recipient: Funds;
  readonly asset: Pick<Asset, 'asset_id' | 'status' | 'quantity_scale'>;
  /** Above zero. */
  readonly quantity: Quantity;
  /** The last mid price, and whether orders may be filled at its quote. */
  readonly price: { readonly mid: Price; readonly isFresh: boolean };
  readonly at: IsoTime;
  readonly limits: TransferLimits;
}

/** The ids of what a transfer writes. */
export interface UnitTransferIds {
  readonly id: TransactionId;
  readonly sentEvent: EventId;
  readonly receivedEvent: EventId;
}

/** Everything that a transfer changes for one of its users. */
export interface TransferredUnits extends MovedPosition {
  readonly balance: Balance;
  readonly event: LiveEvent;
}

/** Returns every reason to refuse a transfer of units. */
export function unitTransferRefusals(transfer: UnitTransfer): ProblemError[] {
  const { sender, recipient, asset, quantity, price, at, limits } = transfer;
  const { asset_id: assetId, status, quantity_scale } = asset;
  const refusals: ProblemError[] = [];
  if (!decimal(quantity).fits(quantity_scale))
    refusals.push(ValidationError.ofField('quantity', tooPreciseMessage(quantity_scale), 'too_precise'));
  // What may be sold may be given away.
  if (!mayPlace(status, 'sell'))
    refusals.push(new AssetNotTradableError(assetId, `is ${status} and cannot be transferred`));
  const terms = {
    sender: sender.balance,
    recipient: recipient.balance,
    amount: valueOf(transfer),
    at,
    limits,
  };
  refusals.push(...accountRefusals(terms, canHold(transfer)));
  if (limits.dailyAmount !== undefined && !price.isFresh) {
    const text = `There is no current price of ${assetId}, which the daily limit needs: try again in a moment.`;
    refusals.push(new UnavailableError(text, { retryAfterSeconds: NEXT_PRICE_SECONDS }));
  }
  const available = availableUnits(sender.holding);
  if (decimal(quantity).gt(available))
    refusals.push(
      new InsufficientBalanceError(assetId, {
        available: formatQuantity(available),
        required: quantity,
        field: 'quantity',
      }),
    );
  return refusals;
}

/**
 * Moves units and their cost from one position to another. Nothing is realised: the recipient takes over the average cost
 * of the sender, and the value counts as withdrawn by one and deposited by the other.
 * @throws ProblemError the first one of `unitTransferRefusals`
 * @see docs/reference/transfers.md
 */
export function postUnitTransfer(
  transfer: UnitTransfer,
  { id, sentEvent, receivedEvent }: UnitTransferIds,
  description: string | null,
): { readonly sent: TransferredUnits; readonly received: TransferredUnits } {
  const [refusal] = unitTransferRefusals(transfer);
  if (refusal) throw refusal;
  const { sender, recipient, asset, price, at } = transfer;
  const [from, to] = [sender.balance, recipient.balance];
  const quantity = decimal(transfer.quantity);
  const units = {
    type: 'transfer',
    assetId: asset.asset_id,
    quantity,
    mid: price.mid,
    description,
    id,
    at,
  } as const;
  const sent = sendUnits(sender.holding, {
    ...units,
    username: from.username,
    counterpart: userAccount(to.username),
  });
  const cost = decimal(sent.assetTransaction.cost);
  const received = receiveUnits(
    recipient.holding,
    { ...units, username: to.username, counterpart: userAccount(from.username) },
    cost,
  );
  const counted = countSent(from, { amount: sent.assetTransaction.total_amount, at });
  return {
    sent: withEvent(counted, sent, { id: sentEvent, at }),
    received: withEvent(to, received, { id: receivedEvent, at, cause: 'transfer_received' }),
  };
}

function withEvent(
  before: Balance,
  moved: MovedPosition,
  { id, at, cause }: { readonly id: EventId; readonly at: IsoTime; readonly cause?: EventCause },
): TransferredUnits {
  const next = nextEvent(before, { type: 'holding.changed', id, at, holding: moved.holding, cause });
  return { ...moved, balance: { ...next.balance, updated_at: at }, event: next.event };
}

function valueOf({ quantity, price }: UnitTransfer) {
  return formatUsd(valueOfUnits({ type: 'transfer', quantity: decimal(quantity), mid: price.mid }));
}

/** Returns whether the recipient's position can be stored with the units, and with no more cost than the sender has. */
function canHold({ sender, recipient, quantity }: UnitTransfer): boolean {
  const { holding } = recipient;
  const invested = decimal(holding?.total_invested ?? '0').plus(costOf(sender.holding));
  return isStorable(decimal(holding?.quantity ?? '0').plus(quantity)) && isStorable(invested);
}

function costOf(holding: StoredAssetBalance | undefined) {
  return holding ? decimal(holding.total_invested) : ZERO;
}
