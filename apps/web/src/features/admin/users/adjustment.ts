import { decimal, formatUsd } from '@cnop/common/core/money';
import { descriptionSchema, usdInput } from '@cnop/common/entities/fields';
import { z } from 'zod';
import type { Adjustment } from '../../../api/admin/adjust-balance.ts';
import type { ManagedBalance } from '../../../api/admin/user.ts';
import { formatMoney } from '../../../format/numbers.ts';
import type { Complaints } from '../complaints.ts';
import { complaintsOf } from '../complaints.ts';

export interface AdjustmentForm {
  /** A choice rather than a minus sign, which the decimal keyboard of a phone may not have. */
  readonly direction: 'add' | 'take';
  readonly amount: string;
  readonly description: string;
}

export type AdjustmentField = 'amount' | 'description';
export const ADJUSTMENT_FIELDS: readonly AdjustmentField[] = ['amount', 'description'];

export type AdjustmentReading =
  | { readonly kind: 'bad'; readonly complaints: Complaints<AdjustmentField> }
  | { readonly kind: 'good'; readonly adjustment: Adjustment };

const schema = z.object({ amount: usdInput(), description: descriptionSchema.trim().min(1) });

/** Reads what was typed, by the rules of the server. */
export function readAdjustment(form: AdjustmentForm): AdjustmentReading {
  const { direction, description } = form;
  const amount = form.amount.trim().replace(',', '.');
  const parsed = schema.safeParse({ amount, description });
  if (!parsed.success) {
    const complaints = complaintsOf(parsed.error, { amount, description });
    if (/^[-−]/.test(amount)) complaints.amount = 'Choose “Take away” instead of a minus.';
    return { kind: 'bad', complaints };
  }
  const sign = direction === 'take' ? '-' : '';
  return { kind: 'good', adjustment: { ...parsed.data, amount: `${sign}${parsed.data.amount}` } };
}

/** What the balance would be. @param amount signed USD */
export function balanceAfter({ current_balance }: ManagedBalance, amount: string): string {
  return formatUsd(decimal(current_balance).plus(amount));
}

/** Why a balance does not allow an adjustment: what open orders hold cannot be taken. */
export function complaintAboutCover(
  { available_balance }: ManagedBalance,
  amount: string,
): string | undefined {
  const isCovered = decimal(available_balance).plus(amount).gte('0');
  return isCovered ? undefined : `Only ${formatMoney(available_balance)} is available.`;
}
