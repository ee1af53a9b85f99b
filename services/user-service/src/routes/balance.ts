import type { Username } from '@cnop/common/core/brands';
import { knownUsd } from '@cnop/common/core/brands';
import { amountInput, amountRules, BASE_CURRENCY, currencySchema } from '@cnop/common/entities/currency';
import { descriptionSchema, transactionIdSchema } from '@cnop/common/entities/fields';
import { balanceSchema } from '@cnop/common/entities/user/balance';
import {
  balanceTransactionSchema,
  transactionTypeSchema,
} from '@cnop/common/entities/user/balance-transaction';
import { seenQuerySchema } from '@cnop/common/entities/user/live-event';
import { identityOf } from '@cnop/common/http/authentication';
import { CSV_ANSWER, CSV_NOTE, csvQueryShape, sendCsv } from '@cnop/common/http/csv-download';
import { idempotencyKeyOf, markReplayed } from '@cnop/common/http/idempotency-key';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import { endOfPeriodSchema, inOrder, startOfPeriodSchema } from '@cnop/common/http/period-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import {
  assertMovesAtOnce,
  isUnderWay,
  paymentReceiptSchema,
  requestDeposit,
  requestWithdrawal,
} from '../funding/use-cases/request-payment.ts';
import { cashReceiptSchema } from '../use-cases/cash/move-cash.ts';
import type { LedgerSelection } from '../use-cases/cash/read-cash.ts';
import {
  exportBalanceTransactions,
  listBalanceTransactions,
  readBalanceTransaction,
  readSeenBalance,
} from '../use-cases/cash/read-cash.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';
import { depositToWallet, withdrawFromWallet } from '../wallets/use-cases/move-wallet-cash.ts';
import { listWalletTransactions, readWalletTransaction } from '../wallets/use-cases/read-wallets.ts';

const description = descriptionSchema.nullable().default(null);
const movementSchema = z.strictObject({
  amount: amountInput().describe('In `currency`, with at most its fraction digits.'),
  currency: currencySchema.default(BASE_CURRENCY),
  description,
});
const amounts = amountRules((body: z.output<typeof movementSchema>) => body);
const withdrawalSchema = movementSchema.refine(amounts.fits, amounts.precision);
const depositSchema = withdrawalSchema.refine(amounts.fitsDeposit, amounts.size);

const { username, current_balance, held_balance, ...history } = balanceSchema.omit({
  transaction_count: true,
  event_seq: true,
  open_order_count: true,
  trading_block: true,
  sent_transfers: true,
  transfers_frozen: true,
  last_transaction: true,
}).shape;
const balanceResponseSchema = z.object({
  username,
  current_balance,
  available_balance: z.string(),
  held_balance,
  currency: z.literal(BASE_CURRENCY),
  ...history,
});

const ledgerFilterSchema = z.strictObject({
  transaction_type: transactionTypeSchema.optional().describe('Only transactions of this type.'),
  start_date: startOfPeriodSchema.optional().describe('Posted at or after this day or time.'),
  end_date: endOfPeriodSchema.optional().describe('Posted at or before this day or time.'),
});
const walletQuerySchema = z.strictObject({
  currency: currencySchema.default(BASE_CURRENCY).describe('The wallet of the transactions.'),
});
/** The query of a page of a user's ledger. */
export const ledgerQuerySchema = inOrder(
  pageQuerySchema.extend(ledgerFilterSchema.shape).extend(walletQuerySchema.shape),
);
const entrySchema = balanceTransactionSchema.extend({
  currency: currencySchema,
  amount: z.string(),
  previous_balance: z.string(),
  new_balance: z.string(),
});
/** One page of a user's ledger. */
export const ledgerResponseSchema = z.object({
  currency: currencySchema,
  transactions: z.array(entrySchema),
  total_count: z.int().optional(),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

const entryParamsSchema = z.strictObject({ id: transactionIdSchema });
/** The answer to a movement that has taken effect; of a payment, with its id and status. */
const movedSchema = cashReceiptSchema.extend(
  paymentReceiptSchema.pick({ payment_id: true, status: true }).partial().shape,
);

const docs = { tags: ['balance'], security: BEARER_SECURITY };
const readsIdempotencyKey = { readsHeaders: ['Idempotency-Key'] } as const;

/** Adds the routes for the caller's cash: balance, ledger, deposits and withdrawals. */
export function balanceRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/balance',
    {
      schema: {
        ...docs,
        summary: 'Read the cash balance',
        querystring: seenQuerySchema,
        response: { 200: balanceResponseSchema },
      },
    },
    async (request) => ({
      ...(await readSeenBalance(deps, {
        username: identityOf(request).username,
        seen: request.query.seen,
      })),
      currency: 'USD' as const,
    }),
  );

  app.get(
    '/balance/transactions',
    {
      schema: {
        ...docs,
        summary: 'List cash transactions, newest first',
        querystring: ledgerQuerySchema,
        response: { 200: ledgerResponseSchema },
      },
    },
    async (request) => ledgerPage(deps, identityOf(request).username, request.query),
  );

  app.get(
    '/balance/transactions/:id',
    {
      schema: {
        ...docs,
        summary: 'Read one cash transaction',
        params: entryParamsSchema,
        querystring: walletQuerySchema,
        response: { 200: z.object({ data: entrySchema }) },
      },
    },
    async (request) => {
      const { currency } = request.query;
      const identity = { username: identityOf(request).username, transaction_id: request.params.id };
      const entry =
        currency === BASE_CURRENCY
          ? await readBalanceTransaction(deps, identity)
          : await readWalletTransaction(deps, { ...identity, currency });
      return { data: { currency, ...entry } };
    },
  );

  exportRoute(app, deps);
  moneyRoutes(app, deps);
}

function exportRoute(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/balance/transactions/export',
    {
      schema: {
        ...docs,
        summary: 'Download cash transactions as CSV, newest first',
        description: CSV_NOTE,
        querystring: inOrder(ledgerFilterSchema.extend(csvQueryShape)),
        response: { 200: CSV_ANSWER },
      },
    },
    async (request, reply) => {
      const table = await exportBalanceTransactions(
        deps,
        toSelection(identityOf(request).username, request.query),
      );
      const at = deps.clock.now();
      return sendCsv(reply, { table, name: 'cnop-transactions', at, bom: request.query.bom });
    },
  );
}

/** Returns a page of the ledger of one of a user's wallets, newest first. */
export async function ledgerPage(
  deps: UserDependencies,
  username: Username,
  query: z.output<typeof ledgerQuerySchema>,
): Promise<z.output<typeof ledgerResponseSchema>> {
  const { currency } = query;
  const filter = { list: `cash ${currency}`, ...toSelection(username, query) };
  const pageRequest = pageRequestOf(query, filter);
  const { page, totalCount } =
    currency === BASE_CURRENCY
      ? await listBalanceTransactions(deps, filter, pageRequest)
      : await listWalletTransactions(deps, { ...filter, currency }, pageRequest);
  const transactions = page.items.map((entry) => ({ currency, ...entry }));
  return { currency, transactions, total_count: totalCount, ...pageMembers(page, filter) };
}

/** Returns the selection of a query from a user's ledger. */
function toSelection(
  username: Username,
  { transaction_type: type, start_date: from, end_date: to }: z.output<typeof ledgerFilterSchema>,
): LedgerSelection {
  return { username, type, from, to };
}

const UNDER_WAY_NOTE =
  '202 while the payment is under way: `GET /funding/payments/{id}` follows it. Payments are in USD.';

function moneyRoutes(app: ServiceApp, deps: UserDependencies): void {
  const response = { 201: movedSchema, 202: paymentReceiptSchema };

  app.post(
    '/balance/deposit',
    {
      config: readsIdempotencyKey,
      schema: {
        ...docs,
        summary: 'Deposit cash',
        description:
          '403 where free deposits are switched off (`free_deposits` of `/app-info`); there an administrator credits accounts. ' +
          UNDER_WAY_NOTE,
        body: depositSchema,
        response,
      },
    },
    async (request, reply) => {
      const { username } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'deposit', ...key };
      const { currency, amount, description } = request.body;
      if (currency === BASE_CURRENCY) {
        const usd = { username, amount: knownUsd(amount), description, intent };
        return sendReceipt(reply, await requestDeposit(deps, usd));
      }
      assertMovesAtOnce(deps, 'deposit');
      const command = { username, currency, amount, description, intent };
      return sendReceipt(reply, await depositToWallet(deps, command));
    },
  );

  app.post(
    '/balance/withdraw',
    {
      config: readsIdempotencyKey,
      schema: {
        ...docs,
        summary: 'Withdraw cash',
        description: UNDER_WAY_NOTE,
        body: withdrawalSchema,
        response,
      },
    },
    async (request, reply) => {
      const { username } = identityOf(request);
      const key = idempotencyKeyOf(request);
      const intent = key && { username, route: 'withdraw', ...key };
      const { currency, amount, description } = request.body;
      if (currency === BASE_CURRENCY) {
        const usd = { username, amount: knownUsd(amount), description, intent };
        return sendReceipt(reply, await requestWithdrawal(deps, usd));
      }
      assertMovesAtOnce(deps, 'withdrawal');
      const command = { username, currency, amount, description, intent };
      return sendReceipt(reply, await withdrawFromWallet(deps, command));
    },
  );
}

/** Sends the answer to a deposit or withdrawal: 201 when cash has moved, 202 while it is under way. */
function sendReceipt(
  reply: FastifyReply,
  { result, isReplayed }: Awaited<ReturnType<typeof requestDeposit>>,
): FastifyReply {
  markReplayed(reply, isReplayed);
  return reply.code(isUnderWay(result) ? 202 : 201).send(result);
}
