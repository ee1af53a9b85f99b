import { liveEventSchema } from '@cnop/common/entities/user/live-event';
import { queryInteger } from '@cnop/common/http/page-query';
import { z } from 'zod';

const DEFAULT_EVENTS = 100;
const MAX_EVENTS = 500;
/** At most as many digits as the largest safe integer. */
const SEQ_PATTERN = /^\d{1,16}$/;
const SELECTION_PATTERN = /^(?:all|[A-Za-z\d]{1,10}(?:,[A-Za-z\d]{1,10}){0,99})$/;

/** The `seq` of an event in a query or in `Last-Event-ID`. */
export const seqInputSchema = z
  .string()
  .regex(SEQ_PATTERN, { error: 'Give the seq of an event: a whole number.', abort: true })
  .transform(Number)
  .pipe(z.int());

export const eventsQuerySchema = z.strictObject({
  after: seqInputSchema.default(0),
  limit: queryInteger({ min: 1, max: MAX_EVENTS, fallback: DEFAULT_EVENTS }),
});

export const eventsResponseSchema = z.object({
  data: z.array(liveEventSchema),
  has_more: z.boolean(),
  last_seq: z.int(),
  /** Present, and true, only when events between `after` and the first of these have expired. */
  reset: z.literal(true).optional(),
});

/** `all`, or a list of asset ids. */
const priceSelectionSchema = z
  .string()
  .regex(SELECTION_PATTERN, 'Give "all", or up to 100 asset ids, separated by commas.')
  .transform((text) => (text === 'all' ? text : [...new Set(text.toUpperCase().split(','))]));

export const streamQuerySchema = z.strictObject({
  prices: priceSelectionSchema.optional(),
  after: seqInputSchema.optional(),
});
