import { z } from 'zod';
import { idSchema, positiveDecimalSchema, timestampSchema } from '../fields.ts';
import { candleIntervalSchema } from '../inventory/candle.ts';
import { orderStatusSchema } from './order.ts';
import { figureSchema } from './order-preview.ts';

const timelineEventSchema = z.enum([
  'accepted',
  'held',
  'nearest_miss',
  'triggered',
  'executed',
  'cancelled',
  'expired',
  'failed',
  'released',
]);

export const timelineEntrySchema = z.object({
  at: timestampSchema,
  event: timelineEventSchema,
  text: z.string().describe('One sentence for people.'),
  facts: z.record(z.string(), z.string()).describe('The figures of the sentence, for programs.'),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

const distance = {
  distance: figureSchema.describe('USD from the price to the trigger: negative when the price has to fall.'),
  distance_percent: figureSchema.describe('The same in percent of the price.'),
};

export const nearestMissSchema = z.object({
  at: timestampSchema.describe('The moment, or the beginning of the span that it lies in.'),
  interval: candleIntervalSchema.nullable().describe('How long that span is; null for a moment.'),
  price: positiveDecimalSchema.describe('USD per unit on the side of the order.'),
  trigger_price: positiveDecimalSchema,
  ...distance,
});
export type NearestMiss = z.infer<typeof nearestMissSchema>;

export const waitingForSchema = z.object({
  watches: z.enum(['ask', 'bid']),
  condition: z.enum(['at_or_below', 'at_or_above']),
  trigger_price: figureSchema.describe(
    'USD per unit; of a trailing stop, the one of this moment; of a triggered stop that waits for its bound, the bound.',
  ),
  price_bound: positiveDecimalSchema
    .nullable()
    .describe('The worst price of the fill, if the order has one.'),
  peak: positiveDecimalSchema
    .nullable()
    .describe('The highest bid since the acceptance of a trailing stop, as far as it is on record.'),
  price: positiveDecimalSchema.nullable().describe('The price of the moment; null when there is none.'),
  quote_at: timestampSchema.nullable(),
  distance: distance.distance.nullable(),
  distance_percent: distance.distance_percent.nullable(),
  expires_at: timestampSchema.nullable(),
});
export type WaitingFor = z.infer<typeof waitingForSchema>;

/** Why an order is what it is, from what is stored of it and of the prices. */
export const orderExplanationSchema = z.object({
  order_id: idSchema,
  status: orderStatusSchema,
  timeline: z.array(timelineEntrySchema).describe('In the order of time.'),
  nearest_miss: nearestMissSchema
    .nullable()
    .describe('How close the price came while the order waited; null once it fired, and for trailing stops.'),
  waiting_for: waitingForSchema.nullable().describe('Null for an order that no longer waits.'),
});
export type OrderExplanation = z.infer<typeof orderExplanationSchema>;
