import { auditRecord } from '@cnop/common/auth/audit-logger';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { Username } from '@cnop/common/core/brands';
import { airdropPartRecord, airdropRecord, airdropResultRecord } from '@cnop/common/dao/asset/airdrop-dao';
import { assetBalanceRecord, assetTransactionRecord } from '@cnop/common/dao/asset/position-dao';
import {
  assetPeriodRecord,
  bookCheckpointRecord,
  bookProgressRecord,
  housePeriodRecord,
} from '@cnop/common/dao/house/house-book-dao';
import { idempotencyRecord } from '@cnop/common/dao/idempotency/transact-once';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { candleRecord } from '@cnop/common/dao/inventory/candle-dao';
import { feedLeaseRecord } from '@cnop/common/dao/inventory/feed-lease-dao';
import { openCandlesRecord } from '@cnop/common/dao/inventory/open-candles-dao';
import { manualMovesRecord, priceProposalRecord } from '@cnop/common/dao/inventory/price-proposal-dao';
import { priceSheetRecord } from '@cnop/common/dao/inventory/price-sheet-dao';
import { clientOrderRecord, orderDocumentRecord, orderRecord } from '@cnop/common/dao/order/order-dao';
import { pricePeakRecord } from '@cnop/common/dao/order/price-peak-dao';
import { recurringBuyRecord } from '@cnop/common/dao/order/recurring-buy-dao';
import { refundProposalRecord } from '@cnop/common/dao/order/refund-proposal-dao';
import { triggerCheckpointRecord } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import type { EntityRecord } from '@cnop/common/dao/record';
import { defineRecord } from '@cnop/common/dao/record';
import { dueWorkRecord } from '@cnop/common/dao/schedule/due-work-dao';
import { schemaVersionRecord, upgradeRecord } from '@cnop/common/dao/schema/schema-dao';
import { stakeEntryRecord, stakeRecord, stakingRateRecord } from '@cnop/common/dao/staking/staking-dao';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { orderCancellationRecord } from '@cnop/common/dao/user/order-cancellation-dao';
import { fundingDayRecord, paymentRecord, waitingPaymentRecord } from '@cnop/common/dao/user/payment-dao';
import { targetAllocationRecord } from '@cnop/common/dao/user/target-allocation-dao';
import { taxMethodRecord } from '@cnop/common/dao/user/tax-method-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { conversionRecord, walletRecord, walletTransactionRecord } from '@cnop/common/dao/user/wallet-dao';
import type { Attributes, Item, ItemKey, Write } from '@cnop/common/database/table-store';
import type { KeyShape } from '@cnop/common/database/tables';
import { KEYS } from '@cnop/common/database/tables';
import { timestampSchema } from '@cnop/common/entities/fields';
import { orderOf } from '@cnop/common/entities/order/order-codec';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { InternalError } from '@cnop/exception/errors';
import { z } from 'zod';

/** Recent failed sign-ins. Private to the user service, and kept for unknown usernames as well. */
const signInFailuresRecord = defineRecord({
  table: 'users',
  schema: z.object({
    username: z.string().brand<'Username'>(),
    network: z.string(),
    failed_at: z.array(timestampSchema).min(1),
  }),
  key: ({ username, network }: { readonly username: Username; readonly network: string }) => ({
    pk: username,
    sk: KEYS.users.signInFailures.skPrefix + network,
  }),
});

/** The count of failed sign-ins and the known networks of a user. Private to the user service. */
const signInHistoryRecord = defineRecord({
  table: 'users',
  schema: z.object({
    username: z.string().brand<'Username'>(),
    failures: z.int().min(0),
    failed_at: timestampSchema.nullable(),
    known_networks: z.array(z.object({ network_hash: z.string(), seen_at: timestampSchema })),
  }),
  key: ({ username }: { readonly username: Username }) => ({ pk: username, sk: KEYS.users.signInHistory.sk }),
});

function kind<Name extends string, Entity extends Identity & object, Identity>(
  name: Name,
  record: EntityRecord<Entity, Identity>,
  { pk, pkPrefix = '', sk, skPrefix = '' }: KeyShape,
  {
    complete = (entity) => entity,
    rewrite = record.create,
  }: {
    readonly complete?: (entity: Entity, attributes: Attributes) => Entity;
    readonly rewrite?: (entity: Entity) => Write;
  } = {},
) {
  return {
    name,
    matches: (key: ItemKey) =>
      (pk === undefined ? key.pk.startsWith(pkPrefix) : key.pk === pk) &&
      (sk === undefined ? key.sk.startsWith(skPrefix) : key.sk === sk),
    /** @throws InternalError when the item does not have the shape of its kind */
    read(item: Item) {
      const { key, attributes } = item;
      const entity = complete(record.parse(item), attributes);
      return { kind: name, key, attributes, entity, rewritten: rewrite(entity) };
    },
  };
}

/** The kinds of items of each table. Kinds with a prefix of the partition key come before kinds with any partition. */
const KINDS = {
  users: [
    kind('asset transaction', assetTransactionRecord, KEYS.users.assetTransaction),
    kind('audit event', auditRecord, KEYS.users.auditEvent),
    kind('due work', dueWorkRecord, KEYS.users.dueWork),
    kind('step of a stake', stakeEntryRecord, KEYS.users.stakeEntry),
    kind('book progress', bookProgressRecord, KEYS.users.bookProgress),
    kind('house period', housePeriodRecord, KEYS.users.housePeriod),
    kind('asset period', assetPeriodRecord, KEYS.users.assetPeriod),
    kind('airdrop', airdropRecord, KEYS.users.airdrop),
    kind('airdrop part', airdropPartRecord, KEYS.users.airdropPart),
    kind('airdrop result', airdropResultRecord, KEYS.users.airdropResult),
    kind('e-mail claim', emailClaimRecord, KEYS.users.emailClaim),
    kind('event', liveEventRecord, KEYS.users.event),
    kind('order cancellation', orderCancellationRecord, KEYS.users.orderCancellation),
    kind('upgrade', upgradeRecord, KEYS.users.upgrade),
    kind('waiting payment', waitingPaymentRecord, KEYS.users.waitingPayment),
    kind('schema version', schemaVersionRecord, KEYS.users.schema),
    kind('ledger entry', balanceTransactionRecord, KEYS.users.ledgerEntry),
    kind('holding', assetBalanceRecord, KEYS.users.assetBalance),
    kind('stake', stakeRecord, KEYS.users.stake),
    kind('remembered answer', idempotencyRecord, KEYS.users.idempotency),
    kind('client order claim', clientOrderRecord, KEYS.users.clientOrder),
    kind('tax method', taxMethodRecord, KEYS.users.taxMethod),
    kind('session', sessionRecord, KEYS.users.session),
    kind('balance', balanceRecord, KEYS.users.balance),
    kind('book checkpoint', bookCheckpointRecord, KEYS.users.bookCheckpoint),
    kind('wallet', walletRecord, KEYS.users.wallet),
    kind('wallet entry', walletTransactionRecord, KEYS.users.walletEntry),
    kind('conversion', conversionRecord, KEYS.users.conversion),
    kind('payment', paymentRecord, KEYS.users.payment),
    kind('recurring buy', recurringBuyRecord, KEYS.users.recurringBuy),
    kind('count of a day', fundingDayRecord, KEYS.users.fundingDay),
    kind('user', userRecord, KEYS.users.user),
    kind('target allocation', targetAllocationRecord, KEYS.users.targetAllocation),
    kind('sign-in history', signInHistoryRecord, KEYS.users.signInHistory),
    kind('sign-in failures', signInFailuresRecord, KEYS.users.signInFailures),
  ],
  orders: [
    kind('price peak', pricePeakRecord, KEYS.orders.pricePeak),
    kind('trigger checkpoint', triggerCheckpointRecord, KEYS.orders.triggerCheckpoint),
    kind('refund proposal', refundProposalRecord, KEYS.orders.refundProposal),
    kind('order', orderDocumentRecord, KEYS.orders.order, {
      complete: withExecutedPrice,
      rewrite: rewriteOrder,
    }),
  ],
  inventory: [
    kind('candle', candleRecord, KEYS.inventory.candle),
    kind('lease of the prices', feedLeaseRecord, KEYS.inventory.feedLease),
    kind('open candles', openCandlesRecord, KEYS.inventory.openCandles),
    kind('price sheet', priceSheetRecord, KEYS.inventory.priceSheet),
    kind('price proposal', priceProposalRecord, KEYS.inventory.priceProposal),
    kind('staking rate', stakingRateRecord, KEYS.inventory.stakingRate),
    kind('manual moves', manualMovesRecord, KEYS.inventory.manualMoves),
    kind('asset', assetRecord, KEYS.inventory.asset),
  ],
} as const;

/** An item that was read as the kind of its key, and the write that would store it again. */
export type Stored = ReturnType<(typeof KINDS)[keyof typeof KINDS][number]['read']>;
export type Kind = Stored['kind'];
export type StoredOf<K extends Kind> = Extract<Stored, { readonly kind: K }>;

/** The result of reading an item. */
export type Reading =
  | { readonly outcome: 'read'; readonly stored: Stored }
  | { readonly outcome: 'unknown kind' }
  | { readonly outcome: 'unreadable'; readonly kind: Kind; readonly reason: string };

/** Reads an item as the kind of its key. Never throws: the outcome says why an item cannot be read. */
export function readItem(item: Item): Reading {
  const found = KINDS[item.key.table].find((candidate) => candidate.matches(item.key));
  if (!found) return { outcome: 'unknown kind' };
  try {
    return { outcome: 'read', stored: found.read(item) };
  } catch (error) {
    return { outcome: 'unreadable', kind: found.name, reason: reasonOf(error) };
  }
}

/** Returns the index entries of a write, by index. */
export function indexesOf(write: Write) {
  return write.kind === 'delete' ? {} : (write.indexes ?? {});
}

/** Completes an order of an earlier version, which has its executed price in `price`. */
function withExecutedPrice(order: OrderDocument, attributes: Attributes): OrderDocument {
  if ('executed_price' in attributes || order.status !== 'completed') return order;
  return { ...order, executed_price: order.price };
}

/** Returns the write of an order. One that no state allows may be in no index of open orders. */
function rewriteOrder(document: OrderDocument): Write {
  try {
    return orderRecord.create(orderOf(document));
  } catch (error) {
    if (!(error instanceof InternalError)) throw error;
    return orderDocumentRecord.create(document);
  }
}

/** Returns the invalid fields with the reason. The error of the schema is the cause of the error of the record. */
function reasonOf(error: unknown): string {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    if (cause instanceof z.ZodError) {
      return cause.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join(' ');
    }
  }
  return String(error);
}
