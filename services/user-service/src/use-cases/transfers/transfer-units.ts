import type { AssetId, Quantity, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { formatQuantity } from '@cnop/common/core/money';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import type { Intent, Once } from '@cnop/common/dao/idempotency/transact-once';
import { transactOnce } from '@cnop/common/dao/idempotency/transact-once';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ReadItems, Write } from '@cnop/common/database/table-store';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import { storedQuoteOf } from '@cnop/common/entities/inventory/quote';
import type { UserRole } from '@cnop/common/entities/user/user';
import type { Funds } from '@cnop/common/trading/holds';
import { availableUnits } from '@cnop/common/trading/holds';
import { assertMayTrade } from '@cnop/common/trading/permissions';
import { isTradable } from '@cnop/common/trading/trigger-rules';
import { NotFoundError, ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { TransferredUnits, UnitTransfer } from '../../domain/unit-transfer.ts';
import { postUnitTransfer, unitTransferRefusals } from '../../domain/unit-transfer.ts';
import type { UserDependencies } from '../dependencies.ts';
import { refusalsSchema } from './transfer-cash.ts';

/** The response to a transfer of units; nothing in it tells the position of the recipient. */
export const unitTransferReceiptSchema = z.object({
  success: z.literal(true),
  message: z.string(),
  transaction_id: z.string(),
  to: z.string().describe('The username of the recipient.'),
  asset_id: z.string(),
  quantity: z.string(),
  new_quantity: z.string().describe('The units of the sender after the transfer, held ones included.'),
  timestamp: z.string(),
});
type UnitTransferReceipt = z.infer<typeof unitTransferReceiptSchema>;

const unitsSchema = z.object({ quantity: z.string(), held: z.string(), available: z.string() });

/** What a transfer of units would do if it were sent now. */
export const unitTransferPreviewSchema = z.object({
  would_be: z.enum(['completed', 'refused']),
  to: z.string().describe('The username of the recipient.'),
  asset_id: z.string(),
  quantity: z.string(),
  value: z.string().describe('USD at the mid price, which counts against the daily limit.').nullable(),
  cost: z.string().describe('The cost in USD that the recipient takes over.').nullable(),
  position: z
    .object({ before: unitsSchema, after: unitsSchema.nullable() })
    .describe("The sender's position; `after` is null when the transfer would be refused."),
  reasons: refusalsSchema,
});
type UnitTransferPreview = z.infer<typeof unitTransferPreviewSchema>;

type UnitTransferDeps = Pick<
  UserDependencies,
  'store' | 'clock' | 'ids' | 'transferLimits' | 'assets' | 'quotes' | 'maxQuoteAgeSeconds'
>;

/** A transfer of units as its sender asks for it. */
export interface UnitTransferRequest {
  readonly username: Username;
  readonly role: UserRole;
  readonly to: Username;
  readonly assetId: AssetId;
  readonly quantity: Quantity;
}

export interface UnitTransferCommand extends UnitTransferRequest {
  readonly description: string | null;
  /** Present when the client sent an Idempotency-Key. */
  readonly intent: Intent | undefined;
}

/**
 * Transfers units of an asset to another user. Both balances, positions, asset transactions and events, and the stored
 * response for retries, are one commit.
 * @throws ValidationError (422) for a transfer to oneself, or an Idempotency-Key that was used for another request
 * @throws NotFoundError (404) for an unknown recipient or asset
 * @throws ProblemError the first one of `unitTransferRefusals`
 * @see docs/reference/transfers.md
 */
export async function transferUnits(
  deps: UnitTransferDeps,
  { description, intent, ...request }: UnitTransferCommand,
): Promise<Once<UnitTransferReceipt>> {
  const now = deps.clock.now();
  const terms = await termsOf(deps, request, now);
  const ids = { id: deps.ids.next(), sentEvent: deps.ids.next(), receivedEvent: deps.ids.next() };
  const { to, assetId, quantity } = request;
  return transactOnce(deps.store, {
    intent,
    now,
    answer: unitTransferReceiptSchema,
    reads: sidesOf(request),
    decide: (items) => {
      assertMayTrade(request.role);
      const { sent, received } = postUnitTransfer({ ...terms, ...partiesOf(items) }, ids, description);
      return {
        writes: [...writesOf(sent), ...writesOf(received)],
        result: {
          success: true as const,
          message: `Transferred ${quantity} ${assetId} to ${to}`,
          transaction_id: ids.id,
          to,
          asset_id: assetId,
          quantity: sent.assetTransaction.quantity,
          new_quantity: sent.holding.quantity,
          timestamp: terms.at,
        },
      };
    },
  });
}

function writesOf({ balance, holding, assetTransaction, event }: TransferredUnits): Write[] {
  return [
    balanceRecord.replace(balance),
    assetBalanceRecord.replace(holding),
    assetTransactionRecord.create(assetTransaction),
    liveEventRecord.create(event),
  ];
}

/**
 * Predicts what a transfer of units would do if it were sent now, with every reason to refuse it. Writes nothing.
 * @throws ValidationError (422) for a transfer to oneself
 * @throws NotFoundError (404) for an unknown recipient or asset
 */
export async function previewUnitTransfer(
  deps: UnitTransferDeps,
  request: UnitTransferRequest,
): Promise<UnitTransferPreview> {
  const terms = await termsOf(deps, request, deps.clock.now());
  const ids = { id: deps.ids.next(), sentEvent: deps.ids.next(), receivedEvent: deps.ids.next() };
  // A transaction without writes reads both accounts at one moment.
  return deps.store.transact(sidesOf(request), (items) => {
    assertMayTrade(request.role);
    const transfer = { ...terms, ...partiesOf(items) };
    const reasons = unitTransferRefusals(transfer).map(({ code, message }) => ({ code, message }));
    const posted = reasons.length === 0 ? postUnitTransfer(transfer, ids, null) : undefined;
    const { to, assetId: asset_id, quantity } = request;
    const result: UnitTransferPreview = {
      would_be: posted ? 'completed' : 'refused',
      to,
      asset_id,
      quantity,
      value: posted?.sent.assetTransaction.total_amount ?? null,
      cost: posted?.sent.assetTransaction.cost ?? null,
      position: {
        before: unitsOf(transfer.sender.holding),
        after: posted ? unitsOf(posted.sent.holding) : null,
      },
      reasons,
    };
    return { writes: [], result };
  });
}

function unitsOf(holding: Funds['holding']): z.infer<typeof unitsSchema> {
  const { quantity, held_quantity: held } = holding ?? { quantity: '0', held_quantity: '0' };
  return { quantity, held, available: formatQuantity(availableUnits(holding)) };
}

/** @throws NotFoundError (404) for an unknown asset */
async function termsOf(
  deps: UnitTransferDeps,
  { assetId, quantity }: UnitTransferRequest,
  now: Date,
): Promise<Omit<UnitTransfer, 'sender' | 'recipient'>> {
  const asset = await deps.assets.getAsset(assetId);
  if (!asset) throw new NotFoundError('The asset');
  return { asset, quantity, price: priceOf(deps, asset, now), at: isoTime(now), limits: deps.transferLimits };
}

/** Returns the newer of the last quote and the stored price, and whether orders may be filled at it. */
function priceOf(
  { quotes, maxQuoteAgeSeconds }: Pick<UnitTransferDeps, 'quotes' | 'maxQuoteAgeSeconds'>,
  asset: Asset,
  now: Date,
): UnitTransfer['price'] {
  const latest = quotes.latest(asset.asset_id);
  const quote = latest && latest.at >= asset.last_price_update ? latest : storedQuoteOf(asset);
  return { mid: quote.mid, isFresh: isTradable(quote, now, maxQuoteAgeSeconds) };
}

/** @throws ValidationError (422) for a transfer to oneself, whose reads would be of the same items */
function sidesOf({ username, to, assetId: asset_id }: UnitTransferRequest) {
  if (username === to) throw ValidationError.ofField('to', 'Transfer to another user.', 'own_account');
  return {
    sender: balanceRecord.key({ username }),
    recipient: balanceRecord.key({ username: to }),
    sent: assetBalanceRecord.key({ username, asset_id }),
    received: assetBalanceRecord.key({ username: to, asset_id }),
  };
}

/** @throws NotFoundError (404) without one of the accounts */
function partiesOf(items: ReadItems<ReturnType<typeof sidesOf>>): Pick<UnitTransfer, 'sender' | 'recipient'> {
  const sender = balanceRecord.readIfPresent(items.sender);
  if (!sender) throw new NotFoundError('The account');
  const recipient = balanceRecord.readIfPresent(items.recipient);
  if (!recipient) throw new NotFoundError('The recipient');
  return {
    sender: { balance: sender, holding: assetBalanceRecord.readIfPresent(items.sent) },
    recipient: { balance: recipient, holding: assetBalanceRecord.readIfPresent(items.received) },
  };
}
