import { CURRENCY_SCALE, decimal, formatUsd } from '@cnop/common/core/money';
import { descriptionSchema } from '@cnop/common/entities/fields';
import { z } from 'zod';
import type { Adjustment, ManagedBalance } from '../../../api/admin/users.ts';
import { readDecimal } from '../../../format/decimal-input.ts';
import type { FieldErrors } from '../field-errors.ts';
import { schemaErrors } from '../field-errors.ts';

export interface AdjustmentForm {
  /** A choice instead of a minus sign, which the decimal keyboard of some phones lacks. */
  readonly direction: 'add' | 'take';
  readonly amount: string;
  readonly description: string;
}

export type AdjustmentField = 'amount' | 'description';
export const ADJUSTMENT_FIELDS: readonly AdjustmentField[] = ['amount', 'description'];

export type AdjustmentReading =
  | { readonly kind: 'bad'; readonly fieldErrors: FieldErrors<AdjustmentField> }
  | { readonly kind: 'good'; readonly adjustment: Adjustment };

const descriptionRules = z.object({ description: descriptionSchema.trim().min(1) });
/** Without the amount, which is shown beside the form, where it can be hidden. */
export const NOT_COVERED = 'Exceeds the available balance.';

/** Reads an adjustment by the rules of the server. */
export function readAdjustment(form: AdjustmentForm): AdjustmentReading {
  const amount = readDecimal(form.amount, CURRENCY_SCALE);
  const description = descriptionRules.safeParse(form);
  if (amount.kind === 'value' && description.success) {
    const sign = form.direction === 'take' ? '-' : '';
    return { kind: 'good', adjustment: { ...description.data, amount: `${sign}${amount.text}` } };
  }
  const fieldErrors: FieldErrors<AdjustmentField> = {
    ...(!description.success && schemaErrors(description.error, form)),
    ...(amount.kind === 'empty' && { amount: 'Required.' }),
    ...(amount.kind === 'bad' && { amount: amountError(form.amount, amount.message) }),
  };
  return { kind: 'bad', fieldErrors };
}

function amountError(typed: string, message: string): string {
  return /^\s*[-−]/.test(typed) ? 'Choose “Take away” instead of a minus.' : message;
}

/**
 * Returns the balance after an adjustment.
 * @param amount signed USD
 */
export function balanceAfter({ current_balance }: ManagedBalance, amount: string): string {
  return formatUsd(decimal(current_balance).plus(amount));
}

/** Returns why a debit is not covered: cash held by open orders cannot be taken. */
export function coverError({ available_balance }: ManagedBalance, amount: string): string | undefined {
  const isCovered = decimal(available_balance).plus(amount).gte('0');
  return isCovered ? undefined : NOT_COVERED;
}
