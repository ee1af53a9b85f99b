import { CURRENCY_SCALE, decimal, formatUsd } from '@cnop/common/core/money';
import { descriptionSchema, usernameSchema } from '@cnop/common/entities/fields';
import type { TransferAllowance, TransferPreview, TransferRequest } from '../../api/account/transfers.ts';
import type { ApiProblem } from '../../api/http/api-problem.ts';
import { readDecimal } from '../../format/decimal-input.ts';
import { formatMoney } from '../../format/numbers.ts';

/** The fields as typed. */
export interface TransferForm {
  readonly to: string;
  readonly amount: string;
  readonly description: string;
}

export const EMPTY_TRANSFER_FORM: TransferForm = { to: '', amount: '', description: '' };

export type TransferField = keyof TransferForm;
export type TransferErrors = Partial<Record<TransferField | 'form', string>>;

/** In the order of the screen: the first field with an error gets the focus. */
export const TRANSFER_FIELDS: readonly TransferField[] = ['to', 'amount', 'description'];

export interface TransferReading {
  /** The request to send; `undefined` while something is wrong or missing. */
  readonly request: TransferRequest | undefined;
  /** The errors of what is typed. */
  readonly errors: TransferErrors;
  /** The errors of empty fields, which count only on submit. */
  readonly missing: TransferErrors;
}

export interface TransferFacts {
  /** The username of the sender. */
  readonly sender: string | undefined;
  /** The available cash in USD; `undefined` until it is known. */
  readonly available: string | undefined;
}

/** Reads the form by the rules of the server. */
export function readTransferForm(form: TransferForm, facts: TransferFacts): TransferReading {
  const name = form.to.trim().replace(/^@/, '');
  const to = usernameSchema.safeParse(name);
  const amount = readDecimal(form.amount, CURRENCY_SCALE);
  const note = form.description.trim();
  const description = descriptionSchema.safeParse(note);
  const amountError =
    amount.kind === 'bad'
      ? amount.message
      : amount.kind === 'value' && facts.available !== undefined && decimal(amount.text).gt(facts.available)
        ? EXCEEDS_AVAILABLE
        : undefined;
  const toError =
    name === '' ? undefined : to.success ? ownNameError(to.data, facts) : 'This cannot be a username.';
  const errors: TransferErrors = {
    ...(toError !== undefined && { to: toError }),
    ...(amountError !== undefined && { amount: amountError }),
    ...(!description.success && { description: 'At most 500 characters, without control characters.' }),
  };
  const missing: TransferErrors = {
    ...(name === '' && { to: REQUIRED }),
    ...(amount.kind === 'empty' && { amount: REQUIRED }),
  };
  const isComplete = to.success && amount.kind === 'value' && Object.keys(errors).length === 0;
  const request = isComplete && {
    to: to.data,
    amount: formatUsd(decimal(amount.text)),
    ...(note !== '' && { description: note }),
  };
  return { request: request || undefined, errors, missing };
}

const REQUIRED = 'Required.';
// Without amounts, which are shown beside the field, where they can be hidden.
const EXCEEDS_AVAILABLE = 'Exceeds your available balance.';

function ownNameError(to: string, { sender }: TransferFacts): string | undefined {
  return to === sender ? 'This is your own account. Enter the name of another user.' : undefined;
}

type Reason = TransferPreview['reasons'][number];

/** Returns the reasons of a preview at the field that they are about. */
export function errorsOfReasons(
  reasons: readonly Reason[],
  allowance: TransferAllowance | undefined,
): TransferErrors {
  const errors: TransferErrors = {};
  for (const { code, message } of reasons) {
    const { field, text } = wordsFor({ code, message }, allowance);
    errors[field] = errors[field] === undefined ? text : `${errors[field]} ${text}`;
  }
  return errors;
}

/** Returns the errors of a refused request by field. */
export function errorsOfProblem(
  problem: ApiProblem,
  allowance: TransferAllowance | undefined,
): TransferErrors {
  const fields = TRANSFER_FIELDS.flatMap((field) => {
    const text = problem.messageOf(field);
    return text === undefined ? [] : [[field, text] as const];
  });
  if (fields.length > 0) return Object.fromEntries(fields);
  return errorsOfReasons([{ code: problem.code ?? '', message: problem.message }], allowance);
}

interface Words {
  readonly field: TransferField | 'form';
  readonly text: string;
}

function wordsFor({ code, message }: Reason, allowance: TransferAllowance | undefined): Words {
  switch (code) {
    case 'BUS_001':
      return { field: 'amount', text: EXCEEDS_AVAILABLE };
    case 'BUS_004':
      return { field: 'amount', text: limitWords(allowance) };
    case 'RES_001':
      return { field: 'to', text: 'There is no user with this name.' };
    case 'RES_003':
      return { field: 'to', text: 'This user cannot receive transfers at the moment.' };
    default:
      return { field: 'form', text: message };
  }
}

function limitWords(allowance: TransferAllowance | undefined): string {
  const { limit, used } = allowance?.count ?? { limit: null, used: 0 };
  return limit !== null && used >= limit
    ? 'You have sent all transfers of today. The next day begins at midnight UTC.'
    : 'Exceeds what you can still send today.';
}

/** Returns the USD that can still be sent today; `undefined` without a limit. */
function leftToday({ amount: { limit, used } }: TransferAllowance): string | undefined {
  if (limit === null) return undefined;
  const left = decimal(limit).minus(used);
  return left.gt('0') ? formatUsd(left) : '0.00';
}

/** Returns one sentence with the daily limits; `undefined` without any. */
export function allowanceSentence(allowance: TransferAllowance): string | undefined {
  const { amount, count } = allowance;
  const left = leftToday(allowance);
  const parts = [
    ...(left === undefined ? [] : [`${formatMoney(left)} of ${formatMoney(amount.limit)}`]),
    ...(count.limit === null
      ? []
      : [
          `${Math.max(count.limit - count.used, 0)} of ${count.limit} ${count.limit === 1 ? 'transfer' : 'transfers'}`,
        ]),
  ];
  return parts.length === 0 ? undefined : `You can still send ${parts.join(' and ')} today (UTC).`;
}
