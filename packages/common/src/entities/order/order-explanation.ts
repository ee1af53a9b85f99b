import { z } from 'zod';
import { orderIdSchema, priceSchema, timestampSchema } from '../fields.ts';
import { candleIntervalSchema } from '../inventory/candle.ts';
import { orderStatusSchema } from './order-document.ts';
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
  'refunded',
]);

/** One entry of the timeline of an order. */
export const timelineEntrySchema = z.object({
  at: timestampSchema,
  event: timelineEventSchema,
  text: z.string().describe('One sentence for display.'),
  facts: z.record(z.string(), z.string()).describe('The figures of the sentence.'),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

const distance = {
  distance: figureSchema.describe(
    'USD from the price to the trigger price; negative when the price has to fall.',
  ),
  distance_percent: figureSchema.describe('The distance in percent of the price.'),
};

/** The price that came closest to the trigger price of an order. */
export const nearestMissSchema = z.object({
  at: timestampSchema.describe('The time of the price, or the start of the interval that it lies in.'),
  interval: candleIntervalSchema.nullable().describe('The length of the interval; null when `at` is exact.'),
  price: priceSchema.describe('USD per unit on the side of the order.'),
  trigger_price: priceSchema,
  ...distance,
});
export type NearestMiss = z.infer<typeof nearestMissSchema>;

/** The condition that an open order waits for, and the distance to it. */
export const waitingForSchema = z.object({
  watches: z.enum(['ask', 'bid']),
  condition: z.enum(['at_or_below', 'at_or_above']),
  trigger_price: figureSchema.describe(
    'USD per unit. For a trailing stop the current trigger price; for a triggered stop that is open at its bound, the bound.',
  ),
  price_bound: priceSchema.nullable().describe('The worst price of the fill, if the order has a bound.'),
  peak: priceSchema.nullable().describe('The highest recorded bid since the acceptance of a trailing stop.'),
  price: priceSchema.nullable().describe('The current price; null when there is none.'),
  quote_at: timestampSchema.nullable(),
  distance: distance.distance.nullable(),
  distance_percent: distance.distance_percent.nullable(),
  expires_at: timestampSchema.nullable(),
});
export type WaitingFor = z.infer<typeof waitingForSchema>;

/** An explanation of an order's status, from the stored order and the recorded prices. */
export const orderExplanationSchema = z.object({
  order_id: orderIdSchema,
  status: orderStatusSchema,
  timeline: z.array(timelineEntrySchema).describe('Oldest first.'),
  nearest_miss: nearestMissSchema
    .nullable()
    .describe(
      'How close the price came while the order was open; null once it is triggered, and for trailing stops.',
    ),
  waiting_for: waitingForSchema.nullable().describe('Null for an order that is not open.'),
});
export type OrderExplanation = z.infer<typeof orderExplanationSchema>;
