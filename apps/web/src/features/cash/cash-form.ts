import { decimal } from '@cnop/common/core/money';
import type { Currency, WalletCurrency } from '@cnop/common/entities/currency';
import { BASE_CURRENCY, digitsOf, formatAmount } from '@cnop/common/entities/currency';
import { descriptionSchema } from '@cnop/common/entities/fields';
import { MAX_DEPOSIT_USD } from '@cnop/common/entities/user/balance';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import { formatMoney } from '../../format/numbers.ts';

/** The amount exceeds the available balance, which open orders may have lowered a moment ago. */
const INSUFFICIENT = 'BUS_001';

export type CashMove = 'deposit' | 'withdraw';

/** The fields as typed. */
export interface CashForm {
  readonly amount: string;
  readonly description: string;
}

export const EMPTY_CASH_FORM: CashForm = { amount: '', description: '' };

export type CashField = keyof CashForm;
export type CashErrors = Partial<Record<CashField | 'form', string>>;

export interface CashRequest {
  readonly move: CashMove;
  readonly amount: string;
  /** USD if absent. */
  readonly currency?: WalletCurrency;
  readonly description?: string;
}

export interface CashReading {
  /** The request to send; `undefined` while something is wrong or missing. */
  readonly request: CashRequest | undefined;
  readonly errors: CashErrors;
  /** Whether the amount is empty, which is an error only on submit. */
  readonly isAmountMissing: boolean;
}

export interface CashFacts {
  readonly move: CashMove;
  readonly currency: Currency;
  /** The available balance in the currency; `undefined` until it is known. */
  readonly available: string | undefined;
}

/** Reads the form by the rules of the server. */
export function readCashForm(form: CashForm, facts: CashFacts): CashReading {
  const { move, currency } = facts;
  const amount = readDecimal(form.amount, digitsOf(currency));
  const description = form.description.trim();
  const amountError =
    amount.kind === 'bad'
      ? amount.message
      : amount.kind === 'value'
        ? limitProblem(amount.text, facts)
        : undefined;
  const parsed = descriptionSchema.safeParse(description);
  const errors: CashErrors = {
    ...(amountError !== undefined && { amount: amountError }),
    ...(!parsed.success && { description: descriptionProblem(parsed.error.issues[0]) }),
  };
  const isComplete = amount.kind === 'value' && Object.keys(errors).length === 0;
  const request = isComplete && {
    move,
    amount: amount.text,
    ...(currency !== BASE_CURRENCY && { currency }),
    ...(description !== '' && { description }),
  };
  return { request: request || undefined, errors, isAmountMissing: amount.kind === 'empty' };
}

function limitProblem(amount: string, { move, currency, available }: CashFacts): string | undefined {
  if (move === 'deposit') {
    // The server knows the limits of other currencies.
    return currency === BASE_CURRENCY && decimal(amount).gt(MAX_DEPOSIT_USD)
      ? `At most ${formatMoney(MAX_DEPOSIT_USD)} at once.`
      : undefined;
  }
  // Without the amount, which is shown beside the field, where it can be hidden.
  return available !== undefined && decimal(amount).gt(available)
    ? 'Exceeds the available balance.'
    : undefined;
}

function descriptionProblem(issue: { readonly code?: string; readonly message: string } | undefined): string {
  return issue?.code === 'too_big' ? 'Too long.' : (issue?.message ?? 'Not allowed.');
}

/** Returns the errors of a refused request by field. */
export function cashErrorsOf(problem: ApiProblem): CashErrors {
  const amount = problem.messageOf('amount');
  const description = problem.messageOf('description');
  if (amount !== undefined || description !== undefined) {
    return { ...(amount !== undefined && { amount }), ...(description !== undefined && { description }) };
  }
  return problem.code === INSUFFICIENT
    ? { amount: 'Exceeds the available balance.' }
    : { form: problem.message };
}

/** Returns the balance after a request; `undefined` until it is known. */
export function balanceAfter(
  current: string | undefined,
  request: CashRequest | undefined,
): string | undefined {
  if (current === undefined || !request) return undefined;
  const { move, amount, currency = BASE_CURRENCY } = request;
  const after = move === 'deposit' ? decimal(current).plus(amount) : decimal(current).minus(amount);
  return formatAmount(after, currency);
}
