import { z } from 'zod';
import { timestampSchema, usernameSchema } from '../fields.ts';

/** How a disposal chooses the lots that it uses up: oldest first, newest first, dearest first, or all at their mean cost. */
export const lotMethodSchema = z.enum(['fifo', 'lifo', 'hifo', 'average']);
export type LotMethod = z.infer<typeof lotMethodSchema>;

/** The method of a year without a choice: the one by which positions realise profit. */
export const DEFAULT_LOT_METHOD: LotMethod = 'average';

/** The method that a user chose for the disposals of one year (UTC). */
export const taxMethodSchema = z.object({
  username: usernameSchema,
  year: z.int().min(1_970).max(9_999),
  method: lotMethodSchema,
  chosen_at: timestampSchema,
});
export type TaxMethod = z.infer<typeof taxMethodSchema>;

const YEAR_PATTERN = /^(?:19[7-9]\d|[2-9]\d{3})$/;

/** A calendar year in a path. The gateway forwards it as text. */
export const yearParameterSchema = z.string().regex(YEAR_PATTERN, 'Give a year such as 2026.');

const YEAR_LENGTH = 'YYYY'.length;

/** Returns the calendar year (UTC) of a time. */
export function yearOf(at: string): number {
  return Number(at.slice(0, YEAR_LENGTH));
}
