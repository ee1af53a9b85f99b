import { knownUsd } from '@cnop/common/core/brands';
import type { EventfulMovement } from '@cnop/common/dao/user/balance-dao';
import { balanceRecord, balanceTransactionRecord, createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createLiveEventDao } from '@cnop/common/dao/user/live-event-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { Write } from '@cnop/common/database/table-store';
import { emptyBalance, InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import type { TransactionStatus } from '@cnop/common/entities/user/balance-transaction';
import { AlreadyExistsError, NotFoundError, StateConflictError } from '@cnop/exception/errors';
import { anEventId, aTime, aTransactionId, aUsd, aUsername } from '@cnop/testing/builders/brands';
import { aBalance, aBalanceTransaction, aUser } from '@cnop/testing/builders/user';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Username } from '../../../src/core/brands.ts';

const AT = aTime('2026-01-16T09:00:00.000Z');
const ALICE = aUsername('alice');
const PAGE = { limit: 100, offset: 0, after: undefined };

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime({ clock: { now: () => new Date(AT) } });
});
afterEach(() => runtime.dispose());

const store = (...writes: Write[]) => runtime.store.transact({}, () => ({ writes, result: undefined }));
const balances = () => createBalanceDao(runtime.store);

/** Returns everything that a movement of cash may write. */
async function stateOf(username: Username) {
  return {
    balance: await balances().getBalance(username),
    ledger: (await balances().getUserTransactions(username, PAGE)).items,
    events: (await createLiveEventDao(runtime.store).getEventsAfter(username, 0, 100)).items,
  };
}

const aMovement = (overrides: Partial<EventfulMovement> = {}): EventfulMovement => ({
  type: 'deposit',
  amount: aUsd('12.50'),
  description: 'Payment',
  at: AT,
  id: aTransactionId('entry'),
  eventId: anEventId('event'),
  ...overrides,
});

/** Stores an account with 1,000.00, of which 400.00 are held. */
async function storeAccount(): Promise<void> {
  const balance = balanceRecord.create(aBalance({ held_balance: '400.00' }));
  await store(userRecord.create(aUser()), balance, balanceTransactionRecord.create(aBalanceTransaction()));
}

const POSTINGS = ['updateBalance', 'createTransaction'] as const;

describe('the balance of a user', () => {
  it.each([
    ['active', null],
    ['suspended', 'suspended'],
    ['pending', 'pending'],
  ] as const)('of status %s begins empty, with the trading block %s', async (status, trading_block) => {
    await store(userRecord.create(aUser({ status })));
    const created = await balances().createBalance(ALICE, AT);
    expect(created).toEqual({ ...emptyBalance(ALICE, AT), trading_block });
    expect(await stateOf(ALICE)).toEqual({ balance: created, ledger: [], events: [] });
  });

  it('is not created without a user', async () => {
    await expect(balances().createBalance(ALICE, AT)).rejects.toThrow(NotFoundError);
    expect(await balances().getBalance(ALICE)).toBeUndefined();
  });

  it('is not created twice', async () => {
    await storeAccount();
    const before = await stateOf(ALICE);
    await expect(balances().createBalance(ALICE, AT)).rejects.toThrow(AlreadyExistsError);
    expect(await stateOf(ALICE)).toEqual(before);
  });
});

describe('a stored entry of an earlier version', () => {
  it.each([
    ['deposit', 'credit', { account: 'external:deposit', amount: '-1000' }],
    ['withdraw', 'debit', { account: 'external:withdrawal', amount: '1000' }],
    ['system_adjustment', 'debit', { account: 'house:adjustment', amount: '1000' }],
    ['settlement', 'credit', { account: 'external:settlement', amount: '-1000' }],
    ['order_payment', 'debit', { account: 'house:suspense', amount: '1000' }],
  ] as const)('of type %s, a %s, has the other side %j', async (transaction_type, direction, leg) => {
    const { legs: _none, ...earlier } = aBalanceTransaction({ transaction_type, direction });
    const write = balanceTransactionRecord.create(aBalanceTransaction());
    await store({ ...write, kind: 'create', attributes: earlier });
    const entry = await balances().getTransaction(ALICE, earlier.transaction_id);
    expect(entry).toEqual({ ...earlier, legs: [leg] });
  });
});

describe.each(POSTINGS)('%s', (method) => {
  it.each([
    [
      { type: 'deposit', amount: knownUsd('0.01') },
      'credit',
      '1000.01',
      { totals: { total_deposits: '1000.01' }, leg: { account: 'external:deposit', amount: '-0.01' } },
    ],
    [
      { type: 'withdraw', amount: knownUsd('600.00') },
      'debit',
      '400.00',
      { totals: { total_withdrawals: '600.00' }, leg: { account: 'external:withdrawal', amount: '600' } },
    ],
    [
      { type: 'system_adjustment', amount: knownUsd('5.00') },
      'credit',
      '1005.00',
      { totals: { total_deposits: '1000.00' }, leg: { account: 'house:adjustment', amount: '-5' } },
    ],
    [
      { type: 'system_adjustment', amount: knownUsd('-5.00') },
      'debit',
      '995.00',
      { totals: { total_withdrawals: '0.00' }, leg: { account: 'house:adjustment', amount: '5' } },
    ],
  ] as const)('posts %j as a %s to %s', async (overrides, direction, after, { totals, leg }) => {
    await storeAccount();
    const result = await balances()[method](ALICE, aMovement(overrides));

    const { balance, ledger, events } = await stateOf(ALICE);
    expect(result).toEqual(method === 'updateBalance' ? balance : ledger[0]);
    const counted = { transaction_count: 2, event_seq: 1, updated_at: AT, last_transaction: AT };
    expect(balance).toEqual({
      ...aBalance({ held_balance: '400.00', current_balance: after, ...totals }),
      ...counted,
    });
    const entry = {
      transaction_id: '000000000002-entry',
      sequence: 2,
      amount: overrides.amount.replace('-', ''),
      direction,
      legs: [leg],
      previous_balance: '1000.00',
      new_balance: after,
      transaction_type: overrides.type,
      description: 'Payment',
    };
    const times = { created_at: AT, updated_at: AT, completed_at: AT };
    expect(ledger).toEqual([aBalanceTransaction({ ...entry, ...times }), aBalanceTransaction()]);
    const shown = { current_balance: after, held_balance: '400.00' };
    expect(events).toEqual([
      {
        seq: 1,
        id: 'event',
        type: 'balance.changed',
        occurred_at: AT,
        username: 'alice',
        data: {
          balance: shown,
          ...(overrides.type === 'system_adjustment' && { cause: 'adjustment' }),
        },
      },
    ]);
  });

  it.each([
    ['a withdrawal of held cash', { type: 'withdraw', amount: knownUsd('600.01') }, InsufficientBalanceError],
    [
      'an adjustment of held cash',
      { type: 'system_adjustment', amount: knownUsd('-600.01') },
      InsufficientBalanceError,
    ],
    [
      'a deposit above the largest balance',
      { amount: knownUsd('999999999999999.00') },
      /larger than the platform/,
    ],
    ['a negative deposit', { amount: knownUsd('-1.00') }, RangeError],
    ['a negative withdrawal', { type: 'withdraw', amount: knownUsd('-1.00') }, RangeError],
    ['no amount', { amount: knownUsd('0.00') }, RangeError],
    ['a fraction of a cent', { amount: knownUsd('0.001') }, RangeError],
    ['text that is no amount', { amount: knownUsd('NaN') }, TypeError],
  ] as const)('refuses %s and writes nothing', async (_what, overrides, error) => {
    await storeAccount();
    const before = await stateOf(ALICE);
    await expect(balances()[method](ALICE, aMovement(overrides))).rejects.toThrow(error);
    expect(await stateOf(ALICE)).toEqual(before);
  });

  it('refuses an account without a balance and writes nothing', async () => {
    await expect(balances()[method](ALICE, aMovement())).rejects.toThrow(NotFoundError);
    expect(await stateOf(ALICE)).toEqual({ balance: undefined, ledger: [], events: [] });
  });

  it('numbers movements at the same moment without a gap', async () => {
    await storeAccount();
    const ids = Array.from({ length: 8 }, (_, i) => aTransactionId(`m-${i}`));
    await Promise.all(ids.map((id) => balances()[method](ALICE, aMovement({ id, eventId: anEventId(id) }))));
    const { balance, ledger, events } = await stateOf(ALICE);
    expect(balance).toMatchObject({ current_balance: '1100.00', transaction_count: 9, event_seq: 8 });
    expect(ledger.map(({ sequence }) => sequence)).toEqual([9, 8, 7, 6, 5, 4, 3, 2, 1]);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });
});

describe('the status of a ledger entry', () => {
  const identity = { username: ALICE, transaction_id: aBalanceTransaction().transaction_id };
  const entry = (status: TransactionStatus) => aBalanceTransaction({ status, completed_at: null });

  it.each([
    ['pending', 'processing', null],
    ['pending', 'completed', AT],
    ['processing', 'completed', AT],
  ] as const)('advances from %s to %s', async (from, to, completed_at) => {
    await store(balanceRecord.create(aBalance()), balanceTransactionRecord.create(entry(from)));
    const advanced = await balances().updateTransactionStatus(identity, to, AT);
    expect(advanced).toEqual({ ...entry(from), status: to, updated_at: AT, completed_at });
    const { balance, ledger } = await stateOf(ALICE);
    expect(ledger).toEqual([advanced]);
    expect(balance).toEqual(aBalance());
  });

  it.each([
    ['pending', 'failed'],
    ['pending', 'cancelled'],
    ['processing', 'failed'],
    ['processing', 'pending'],
    ['completed', 'completed'],
    ['completed', 'failed'],
    ['completed', 'cancelled'],
    ['completed', 'pending'],
    ['failed', 'completed'],
    ['cancelled', 'completed'],
  ] as const)(
    'does not change from %s to %s, which would leave cash moved without its entry',
    async (from, to) => {
      await store(balanceTransactionRecord.create(entry(from)));
      const change = balances().updateTransactionStatus(identity, to, AT);
      await expect(change).rejects.toThrow(StateConflictError);
      expect(await balances().getTransaction(ALICE, identity.transaction_id)).toEqual(entry(from));
    },
  );

  it('cannot change without the entry', async () => {
    const change = balances().updateTransactionStatus(identity, 'completed', AT);
    await expect(change).rejects.toThrow(NotFoundError);
    expect(await balances().getTransaction(ALICE, identity.transaction_id)).toBeUndefined();
  });
});

describe('the ledger of a user', () => {
  const TIMES = ['09:00', '09:00', '10:00', '11:00'].map((time) => aTime(`2026-01-15T${time}:00.000Z`));

  beforeEach(async () => {
    const entries = TIMES.map((created_at, i) =>
      aBalanceTransaction({
        transaction_id: `00000000000${i + 1}-x`,
        sequence: i + 1,
        transaction_type: i % 2 === 0 ? 'deposit' : 'system_adjustment',
        created_at,
      }),
    );
    const foreign = aBalanceTransaction({ username: 'alice2' });
    const balance = balanceRecord.create(aBalance({ transaction_count: TIMES.length }));
    await store(balance, ...[...entries, foreign].map(balanceTransactionRecord.create));
  });

  const sequences = (page: { readonly items: readonly { readonly sequence: number }[] }) =>
    page.items.map(({ sequence }) => sequence);

  it('is listed newest first, in pages', async () => {
    const first = await balances().getUserTransactions(ALICE, { ...PAGE, limit: 3 });
    expect(sequences(first)).toEqual([4, 3, 2]);
    const rest = await balances().getUserTransactions(ALICE, {
      ...PAGE,
      limit: 3,
      after: first.next,
    });
    expect(sequences(rest)).toEqual([1]);
    expect(sequences(await balances().getUserTransactions(ALICE, { ...PAGE, offset: 2 }))).toEqual([2, 1]);
  });

  it.each([
    ['deposit', [3, 1]],
    ['system_adjustment', [4, 2]],
    ['withdraw', []],
  ] as const)('has its entries of type %s in a list of their own', async (type, expected) => {
    expect(sequences(await balances().getUserTransactionsByType(ALICE, type, PAGE))).toEqual(expected);
  });

  it.each([
    [undefined, undefined, [4, 3, 2, 1]],
    [TIMES[0], TIMES[0], [2, 1]],
    [TIMES[2], undefined, [4, 3]],
    [undefined, TIMES[2], [3, 2, 1]],
    [aTime('2026-01-15T10:30:00.000Z'), aTime('2026-01-15T10:40:00.000Z'), []],
    [aTime('2026-01-16T00:00:00.000Z'), undefined, []],
  ])('from %s to %s has the entries %j', async (from, to, expected) => {
    const range = await balances().findLedgerRange(ALICE, { from, to });
    expect(sequences(await balances().getUserTransactions(ALICE, PAGE, { range }))).toEqual(expected);
  });

  it('of an unknown user is empty', async () => {
    expect(await balances().findLedgerRange(aUsername('zoe'), { from: TIMES[0] })).toEqual({
      first: 1,
      last: 0,
    });
    expect(await balances().getUserTransactions(aUsername('zoe'), PAGE)).toEqual({
      items: [],
      next: undefined,
    });
  });
});
