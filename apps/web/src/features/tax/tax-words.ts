import type { LotMethod } from '@cnop/common/entities/user/tax-method';
import { lotMethodSchema } from '@cnop/common/entities/user/tax-method';
import { z } from 'zod';
import type { Disposal } from '../../api/account/tax.ts';

/** Search parameters of the tax page. */
export const taxSearchSchema = z.object({
  year: z.int().min(1_970).max(9_999).optional().catch(undefined),
});
export type TaxSearch = z.infer<typeof taxSearchSchema>;

const METHOD_NAMES: Readonly<Record<LotMethod, string>> = {
  fifo: 'Oldest first (FIFO)',
  lifo: 'Newest first (LIFO)',
  hifo: 'Dearest first (HIFO)',
  average: 'Average cost',
};

/** Returns the name of a method. */
export function methodName(method: LotMethod): string {
  return METHOD_NAMES[method];
}

export const METHODS = lotMethodSchema.options.map((value) => ({ value, label: METHOD_NAMES[value] }));

/** What each method does to the gains of a year. */
export const METHOD_EFFECTS: Readonly<Record<LotMethod, string>> = {
  fifo: 'A sale uses the units that you have held longest. More of them count as long-term.',
  lifo: 'A sale uses the units that you bought last. Their cost is closest to the present price.',
  hifo: 'A sale uses the units with the highest cost first, so gains come later.',
  average: 'A sale uses units at the average cost of all, as the P&L of your portfolio does.',
};

const DISPOSAL_NAMES: Readonly<Partial<Record<Disposal['transaction_type'], string>>> = {
  settlement: 'settled',
  buy_refund: 'buy refunded',
  sell_refund: 'sale refunded',
};

/** Returns what ended a lot when that was no sale. */
export function disposalName({ transaction_type }: Pick<Disposal, 'transaction_type'>): string | undefined {
  return DISPOSAL_NAMES[transaction_type];
}

/** Returns the years of an account, newest first. */
export function yearsSince(createdAt: string, now: Date): number[] {
  const [first, last] = [new Date(createdAt).getUTCFullYear(), now.getUTCFullYear()];
  return Array.from({ length: Math.max(last - first + 1, 1) }, (_, index) => last - index);
}
