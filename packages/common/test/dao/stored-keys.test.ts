import { auditRecord } from '@cnop/common/auth/audit-logger';
import { sessionRecord } from '@cnop/common/auth/session-state';
import { knownPaymentId, knownRecurringBuyId, newId } from '@cnop/common/core/brands';
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
import { FEED_LEASE_KEY } from '@cnop/common/dao/inventory/feed-lease-dao';
import { openCandlesRecord } from '@cnop/common/dao/inventory/open-candles-dao';
import { manualMovesRecord, priceProposalRecord } from '@cnop/common/dao/inventory/price-proposal-dao';
import { priceSheetRecord } from '@cnop/common/dao/inventory/price-sheet-dao';
import { clientOrderRecord, orderRecord } from '@cnop/common/dao/order/order-dao';
import { pricePeakRecord } from '@cnop/common/dao/order/price-peak-dao';
import { recurringBuyRecord } from '@cnop/common/dao/order/recurring-buy-dao';
import { refundProposalRecord } from '@cnop/common/dao/order/refund-proposal-dao';
import { triggerCheckpointRecord } from '@cnop/common/dao/order/trigger-checkpoint-dao';
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
import type { ItemKey } from '@cnop/common/database/table-store';
import type { KeyShape } from '@cnop/common/database/tables';
import { KEYS } from '@cnop/common/database/tables';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import {
  aClientOrderId,
  anAirdropId,
  anAssetId,
  anEventId,
  anOrderId,
  aSessionId,
  aTime,
  aTransactionId,
  aUsername,
} from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';

const AT = aTime('2026-01-15T12:00:00.000Z');
const username = aUsername('ada');
const asset_id = anAssetId('BTC');

const AUDIT_EVENT: AuditEvent = {
  event_id: anEventId('e1'),
  event_type: 'login',
  username,
  actor: username,
  address: null,
  user_agent: null,
  request_id: null,
  detail: {},
  changes: [],
  occurred_at: AT,
};

/** The keys of stored data, written out: a change here needs an upgrade of every store. */
const STORED_KEYS: readonly (readonly [string, ItemKey, ItemKey['table'], string, string])[] = [
  ['a user', userRecord.key({ username }), 'users', 'ada', 'USER'],
  ['an e-mail claim', emailClaimRecord.key({ email: 'a@b.io' }), 'users', 'EMAIL#a@b.io', 'EMAIL'],
  ['a target allocation', targetAllocationRecord.key({ username }), 'users', 'ada', 'TARGETS'],
  ['a balance', balanceRecord.key({ username }), 'users', 'ada', 'BALANCE'],
  [
    'a recurring buy',
    recurringBuyRecord.key({ username, recurring_buy_id: knownRecurringBuyId('r1') }),
    'users',
    'ada',
    'RECURRING#r1',
  ],
  [
    'a payment',
    paymentRecord.key({ username, payment_id: knownPaymentId('p1') }),
    'users',
    'ada',
    'PAYMENT#p1',
  ],
  [
    'a waiting payment',
    waitingPaymentRecord.key({
      waits_for: 'review',
      since: AT,
      username,
      payment_id: knownPaymentId('p1'),
    }),
    'users',
    'PAYMENTS#review',
    `${AT}#ada#p1`,
  ],
  ['the count of a day', fundingDayRecord.key({ username }), 'users', 'ada', 'FUNDING-DAY'],
  [
    'a ledger entry',
    balanceTransactionRecord.key({ username, transaction_id: aTransactionId('000000000001-x') }),
    'users',
    'ada',
    'TRANS#000000000001-x',
  ],
  ['a wallet', walletRecord.key({ username, currency: 'EUR' }), 'users', 'ada', 'BALANCE#EUR'],
  [
    'an entry of a wallet',
    walletTransactionRecord.key({
      username,
      currency: 'EUR',
      transaction_id: aTransactionId('000000000001-x'),
    }),
    'users',
    'ada',
    'WALLET#EUR#000000000001-x',
  ],
  [
    'a conversion',
    conversionRecord.key({ username, conversion_id: newId('c1') }),
    'users',
    'ada',
    'CONVERSION#c1',
  ],
  ['a position', assetBalanceRecord.key({ username, asset_id }), 'users', 'ada', 'ASSET#BTC'],
  [
    'an asset transaction',
    assetTransactionRecord.key({ username, asset_id, timestamp: AT, transaction_id: aTransactionId('t1') }),
    'users',
    'TRANS#ada#BTC',
    `${AT}#t1`,
  ],
  ['a tax method', taxMethodRecord.key({ username, year: 2026 }), 'users', 'ada', 'TAX#2026'],
  [
    'a client order id',
    clientOrderRecord.key({ username, client_order_id: aClientOrderId('mine') }),
    'users',
    'ada',
    'CLIENTORDER#mine',
  ],
  [
    'an idempotency record',
    idempotencyRecord.key({ username, route: 'orders', key: 'k1' }),
    'users',
    'ada',
    'IDEM#orders#k1',
  ],
  ['an order cancellation', orderCancellationRecord.key({ username }), 'users', 'ORDER-CANCELLATIONS', 'ada'],
  ['an upgrade', upgradeRecord.key({ name: 'trading-blocks' }), 'users', 'UPGRADES', 'trading-blocks'],
  ['the schema version', schemaVersionRecord.key({}), 'users', 'SCHEMA', 'SCHEMA'],
  ['a session', sessionRecord.key({ username, session_id: aSessionId('s1') }), 'users', 'ada', 'SESSION#s1'],
  // The user service defines the records of these two.
  [
    'a sign-in history',
    { table: 'users', pk: username, sk: KEYS.users.signInHistory.sk },
    'users',
    'ada',
    'SIGNINS',
  ],
  [
    'failed sign-ins',
    { table: 'users', pk: username, sk: `${KEYS.users.signInFailures.skPrefix}192.0.2.1` },
    'users',
    'ada',
    'LOGINFAIL#192.0.2.1',
  ],
  [
    'due work',
    dueWorkRecord.key({ kind: 'airdrop', due_at: AT, subject: 'a1' }),
    'users',
    'DUE#airdrop',
    `${AT}#a1`,
  ],
  ['a stake', stakeRecord.key({ username, asset_id }), 'users', 'ada', 'STAKE#BTC'],
  [
    'a step of a stake',
    stakeEntryRecord.key({ username, asset_id, sequence: 7 }),
    'users',
    'STAKE#ada#BTC',
    '0000000000000007',
  ],
  ['a book checkpoint', bookCheckpointRecord.key({ username }), 'users', 'ada', 'BALANCE-BOOK'],
  ['sums of the house', housePeriodRecord.key({ period: '2026-01-15' }), 'users', 'HOUSE-BOOK', '2026-01-15'],
  ['sums of an asset', assetPeriodRecord.key({ asset_id, period: 'ALL' }), 'users', 'HOUSE-BOOK#BTC', 'ALL'],
  ['the progress of the book', bookProgressRecord.key({}), 'users', 'HOUSE-BOOK-PROGRESS', 'PROGRESS'],
  ['an airdrop', airdropRecord.key({ airdrop_id: anAirdropId('a1') }), 'users', 'AIRDROPS', 'a1'],
  [
    'a part of the recipients of an airdrop',
    airdropPartRecord.key({ airdrop_id: anAirdropId('a1'), part: 1 }),
    'users',
    'AIRDROP#a1',
    'PART#000001',
  ],
  [
    'the result of a recipient of an airdrop',
    airdropResultRecord.key({ airdrop_id: anAirdropId('a1'), position: 7 }),
    'users',
    'AIRDROP#a1',
    'RESULT#000007',
  ],
  ['a security event', auditRecord.key(AUDIT_EVENT), 'users', 'AUDIT#ada', `${AT}#e1`],
  ['an event', liveEventRecord.key({ username, seq: 7 }), 'users', 'EVENT#ada', '0000000000000007'],
  ['an order', orderRecord.key({ order_id: anOrderId('o1') }), 'orders', 'o1', 'ORDER'],
  ['a peak', pricePeakRecord.key({ asset_id, seq: 7 }), 'orders', 'PEAKS#BTC', '0000000000000007'],
  ['a checkpoint', triggerCheckpointRecord.key({ asset_id }), 'orders', 'CHECKPOINT#BTC', 'CHECKPOINT'],
  [
    'a refund proposal',
    refundProposalRecord.key({ order_id: anOrderId('o1') }),
    'orders',
    'REFUNDPROPOSAL',
    'o1',
  ],
  ['an asset', assetRecord.key({ asset_id }), 'inventory', 'BTC', 'ASSET'],
  [
    'a candle',
    candleRecord.key({ asset_id, interval: '1m', open_time: AT }),
    'inventory',
    'CANDLE#BTC#1m',
    AT,
  ],
  ['the lease of the price feed', FEED_LEASE_KEY, 'inventory', 'LEASE#PRICES', 'LEASE'],
  ['a price sheet', priceSheetRecord.key({ sheet: 0 }), 'inventory', 'PRICES#CURRENT', '0'],
  ['open candles', openCandlesRecord.key({ sheet: 0 }), 'inventory', 'PRICES#CANDLES', '0'],
  ['a price proposal', priceProposalRecord.key({ asset_id }), 'inventory', 'PRICEPROPOSAL', 'BTC'],
  [
    'a staking rate',
    stakingRateRecord.key({ asset_id, from_day: '2026-01-15' }),
    'inventory',
    'STAKING-RATES',
    'BTC#2026-01-15',
  ],
  ['manual moves', manualMovesRecord.key({ asset_id }), 'inventory', 'BTC', 'MANUALMOVES'],
];

describe('the stored key', () => {
  it.each(STORED_KEYS)('of %s never changes', (_name, key, ...[table, pk, sk]) => {
    expect(key).toEqual({ table, pk, sk });
  });

  it('of a security event in the index never changes', () => {
    expect(auditRecord.create(AUDIT_EVENT)).toMatchObject({
      indexes: { AuditByDayIndex: { pk: 'AUDIT#2026-01-15', sk: `${AT}#e1` } },
    });
  });

  const shapes = Object.entries(KEYS).flatMap(([table, kinds]) =>
    Object.entries<KeyShape>(kinds).map(([kind, shape]) => [kind, table, shape] as const),
  );

  it.each(shapes)('of every kind of item is written out above: %s', (_kind, table, shape) => {
    const fits = (part: string, whole: string | undefined, prefix: string | undefined) =>
      whole === undefined ? part.startsWith(prefix ?? '') : part === whole;
    const hasShape = ([, , ...written]: (typeof STORED_KEYS)[number]) =>
      written[0] === table &&
      fits(written[1], shape.pk, shape.pkPrefix) &&
      fits(written[2], shape.sk, shape.skPrefix);
    expect(STORED_KEYS.filter(hasShape)).toHaveLength(1);
  });
});
