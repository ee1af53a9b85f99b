import type { Once } from '@cnop/common/dao/idempotency/transact-once';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CashReceipt, MoveCash } from '../../../src/use-cases/cash/move-cash.ts';
import { depositCash, withdrawCash } from '../../../src/use-cases/cash/move-cash.ts';

/** Fewer runs than for pure properties, since each one writes to the disk. */
const RUNS = { numRuns: 40 };
const ALL = { limit: 100, offset: 0, after: undefined };
const OPENING_USD = 50;

const COMMANDS = { deposit: depositCash, withdraw: withdrawCash };

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await createTestRuntime();
});
afterAll(() => runtime.dispose());

/** A command, sent one or more times with one key. */
const intents = fc.array(
  fc.record({
    kind: fc.constantFrom('deposit', 'withdraw'),
    dollars: fc.integer({ min: 1, max: 60 }),
    copies: fc.integer({ min: 1, max: 4 }),
  }),
  { minLength: 1, maxLength: 8, size: 'max' },
);

/** The sort key that shuffles the copies. */
const ranks = fc.array(fc.nat(), { minLength: 32, maxLength: 32 });

type Sent = { readonly receipt: Once<CashReceipt> } | { readonly refused: true };

async function send(command: (typeof COMMANDS)['deposit'], movement: MoveCash): Promise<Sent> {
  try {
    return { receipt: await command(runtime, movement) };
  } catch (error) {
    if (error instanceof InsufficientBalanceError) return { refused: true };
    throw error;
  }
}

describe('commands that are repeated with their key', () => {
  let users = 0;

  it('take effect once, in any order of their copies', async () => {
    await fc.assert(
      fc.asyncProperty(intents, ranks, async (wishes, order) => {
        users += 1;
        const username = aUsername(`user${users}`);
        await runtime.fund(username, String(OPENING_USD));
        const copies = wishes.flatMap((wish, index) =>
          Array.from({ length: wish.copies }, () => ({ ...wish, index })),
        );
        const shuffled = copies

          .map((copy, position) => ({ copy, rank: order[position] ?? 0 }))
          .toSorted((a, b) => a.rank - b.rank);
        const sent = await Promise.all(
          shuffled.map(async ({ copy }) => {
            const { kind, dollars, index } = copy;
            const intent = { username, route: kind, key: String(index), requestHash: String(dollars) };
            const movement = { username, amount: aUsd(String(dollars)), description: null, intent };
            return { ...copy, answer: await send(COMMANDS[kind], movement) };
          }),
        );

        let expected = OPENING_USD;
        wishes.forEach(({ kind, dollars }, index) => {
          const answers = sent.filter((one) => one.index === index).map((one) => one.answer);
          const receipts = answers.flatMap((answer) => ('receipt' in answer ? [answer.receipt] : []));
          // Refusals are not stored: a later copy may succeed.
          if (receipts.length === 0) return;
          expect(receipts.filter(({ isReplayed }) => !isReplayed)).toHaveLength(1);
          expect(new Set(receipts.map(({ result }) => JSON.stringify(result))).size).toBe(1);
          expected += kind === 'deposit' ? dollars : -dollars;
        });
        const balances = createBalanceDao(runtime.store);
        const balance = await balances.getBalance(username);
        expect(balance?.current_balance).toBe(`${expected}.00`);
        const ledger = await balances.getUserTransactions(username, ALL);
        const succeeded = wishes.filter((_, index) =>
          sent.some((one) => one.index === index && 'receipt' in one.answer),
        );
        expect(ledger.items).toHaveLength(1 + succeeded.length);
      }),
      RUNS,
    );
  });
});
