import { knownUsd } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import type { Balance } from '@cnop/common/entities/user/balance';
import type { CashMovement } from '@cnop/common/entities/user/balance-rules';
import {
  emptyBalance,
  InsufficientBalanceError,
  postMovement,
} from '@cnop/common/entities/user/balance-rules';
import type { BalanceTransaction } from '@cnop/common/entities/user/balance-transaction';
import { aTime, aTransactionId, aUsd, aUsername } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Usd } from '../../../src/core/brands.ts';

const AT = aTime('2026-01-15T12:00:00.000Z');
const X = aTransactionId('x');
const RUNS = { numRuns: 500 };
const MAX_CENTS = 100_000_000n;

interface Step {
  readonly type: CashMovement['type'];
  /** Negative only for an adjustment. */
  readonly cents: bigint;
}

const steps = fc.array(
  fc.oneof(
    // Mostly small amounts, so that withdrawals both succeed and fail.
    fc.record({
      type: fc.constantFrom<Step['type']>('deposit', 'withdraw'),
      cents: fc.bigInt({ min: 1n, max: 500n }),
    }),
    fc.record({
      type: fc.constantFrom<Step['type']>('deposit', 'withdraw'),
      cents: fc.bigInt({ min: 1n, max: MAX_CENTS }),
    }),
    fc.record({
      type: fc.constant<Step['type']>('system_adjustment'),
      cents: fc.bigInt({ min: -500n, max: 500n }).filter((cents) => cents !== 0n),
    }),
  ),
  { maxLength: 60, size: 'max' },
);

function usd(cents: bigint): Usd {
  const digits = (cents < 0n ? -cents : cents).toString().padStart(3, '0');
  return aUsd(`${cents < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`);
}
const centsOf = (text: string): bigint => BigInt(text.replace('.', ''));

interface Account {
  readonly balance: Balance;
  readonly ledger: readonly BalanceTransaction[];
}

/** Returns the account after a step, unchanged when it is refused for lack of cash. */
function apply({ balance, ledger }: Account, { type, cents }: Step, id: number): Account {
  try {
    const posting = postMovement(balance, {
      type,
      amount: usd(cents),
      description: null,
      at: AT,
      id: aTransactionId(`id-${id}`),
    });
    return { balance: posting.balance, ledger: [...ledger, posting.transaction] };
  } catch (error) {
    if (!(error instanceof InsufficientBalanceError)) throw error;
    return { balance, ledger };
  }
}

function accountWith(held: bigint): Account {
  const opened = { ...emptyBalance(aUsername('alice'), AT), held_balance: aUsd('0.00') };
  const funded = apply({ balance: opened, ledger: [] }, { type: 'deposit', cents: held + 1n }, 0);
  return { ...funded, balance: { ...funded.balance, held_balance: usd(held) } };
}
const heldCents = fc.bigInt({ min: 0n, max: 300n });

describe('any sequence of deposits, withdrawals and adjustments', () => {
  it('matches integer arithmetic and refuses amounts above the available balance', () => {
    fc.assert(
      fc.property(heldCents, steps, (held, sequence) => {
        let account = accountWith(held);
        let expected = held + 1n;
        sequence.forEach((step, index) => {
          const signed = step.type === 'withdraw' ? -step.cents : step.cents;
          if (expected + signed >= held || signed > 0n) expected += signed;
          account = apply(account, step, index + 1);
          expect(centsOf(account.balance.current_balance)).toBe(expected);
        });
      }),
      RUNS,
    );
  });

  it('keeps the ledger chained: numbered without a gap, each entry starting at the balance of the previous one', () => {
    fc.assert(
      fc.property(heldCents, steps, (held, sequence) => {
        const { balance, ledger } = sequence.reduce(apply, accountWith(held));
        ledger.forEach((line, index) => {
          expect(line.sequence).toBe(index + 1);
          expect(line.previous_balance).toBe(ledger[index - 1]?.new_balance ?? '0.00');
          const signed = line.direction === 'credit' ? centsOf(line.amount) : -centsOf(line.amount);
          expect(centsOf(line.new_balance)).toBe(centsOf(line.previous_balance) + signed);
        });
        expect(balance.transaction_count).toBe(ledger.length);
        expect(balance.current_balance).toBe(ledger.at(-1)?.new_balance);
        const ids = ledger.map((line) => line.transaction_id);
        expect(ids.toSorted()).toEqual(ids);
        expect(new Set(ids).size).toBe(ids.length);
      }),
      RUNS,
    );
  });

  it('keeps the totals: deposits less withdrawals plus adjustments equal the balance', () => {
    fc.assert(
      fc.property(heldCents, steps, (held, sequence) => {
        const { balance, ledger } = sequence.reduce(apply, accountWith(held));
        const adjustments = ledger
          .filter((line) => line.transaction_type === 'system_adjustment')
          .reduce((sum, line) => sum + (line.direction === 'credit' ? 1n : -1n) * centsOf(line.amount), 0n);
        const net = centsOf(balance.total_deposits) - centsOf(balance.total_withdrawals) + adjustments;
        expect(net).toBe(centsOf(balance.current_balance));
      }),
      RUNS,
    );
  });

  it('never takes held cash', () => {
    fc.assert(
      fc.property(heldCents, steps, (held, sequence) => {
        let account = accountWith(held);
        sequence.forEach((step, index) => {
          account = apply(account, step, index + 1);
          expect(decimal(account.balance.current_balance).gte(account.balance.held_balance)).toBe(true);
          expect(account.balance.held_balance).toBe(usd(held));
        });
      }),
      RUNS,
    );
  });
});

describe('an adjustment', () => {
  it('is posted as a credit or debit with a positive amount', () => {
    const { balance } = accountWith(100n);
    const taken = postMovement(balance, {
      type: 'system_adjustment',
      amount: aUsd('-0.01'),
      description: 'Fee',
      at: AT,
      id: X,
    });
    expect(taken.transaction).toMatchObject({ amount: '0.01', direction: 'debit', new_balance: '1.00' });
    const given = postMovement(balance, {
      type: 'system_adjustment',
      amount: aUsd('0.01'),
      description: 'Gift',
      at: AT,
      id: X,
    });
    expect(given.transaction).toMatchObject({ amount: '0.01', direction: 'credit', new_balance: '1.02' });
    expect(given.balance).toMatchObject({ total_deposits: balance.total_deposits, total_refunds: '0.00' });
  });
});

describe('a movement', () => {
  it.each([
    ['deposit', '0'],
    ['deposit', '-1.00'],
    ['deposit', '0.001'],
    ['withdraw', '-1.00'],
    ['withdraw', '0.001'],
    ['system_adjustment', '0.00'],
  ] as const)('of type %s refuses the amount %s', (type, amount) => {
    const { balance } = accountWith(100n);
    const post = () =>
      postMovement(balance, { type, amount: knownUsd(amount), description: null, at: AT, id: X });
    expect(post).toThrow(RangeError);
  });
});
