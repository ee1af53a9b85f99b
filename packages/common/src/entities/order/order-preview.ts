import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  timestampSchema,
} from '../fields.ts';
import { quoteSchema } from '../inventory/quote.ts';
import { orderTypeSchema } from './order.ts';

/** A decimal that is worked out and only shown: it may have more digits than any that is stored. */
export const figureSchema = z.string().regex(/^-?\d+(?:\.\d+)?$/);

const cashSchema = z
  .object({
    current: nonNegativeDecimalSchema,
    held: nonNegativeDecimalSchema,
    available: nonNegativeDecimalSchema,
  })
  .describe('USD; `available` is `current` less `held`.');

const unitsSchema = z
  .object({
    quantity: nonNegativeDecimalSchema,
    held: nonNegativeDecimalSchema,
    available: nonNegativeDecimalSchema,
  })
  .describe('Units of the asset; `available` is `quantity` less `held`.');

const beforeAndAfter = <T extends z.ZodType>(schema: T) => z.object({ before: schema, after: schema });

/** What an order has reserved, or would. */
const holdSchema = z.object({
  amount: positiveDecimalSchema,
  unit: z.string().describe('`USD`, or the id of the asset.'),
});

export const orderReasonSchema = z.object({
  code: z.string().describe('The code of the problem that the order would be answered with.'),
  field: z.string().nullable().describe('The member of the request that would have to be another.'),
  message: z.string(),
  available: z.string().optional().describe('What is there, when it is too little.'),
  required: z.string().optional(),
});
export type OrderReason = z.infer<typeof orderReasonSchema>;

export const orderWarningSchema = z.object({
  code: z.enum(['executes_at_once', 'far_from_market']),
  message: z.string(),
});
export type OrderWarning = z.infer<typeof orderWarningSchema>;

/** What an order would do if it were placed now. Nothing of it is promised: the next price may change it. */
export const orderPreviewSchema = z.object({
  would_be: z.enum(['executed', 'queued', 'refused']),
  order_type: orderTypeSchema,
  asset_id: assetIdSchema,
  quantity: z.string().describe('Units of the asset; `max` is counted out when something is available.'),
  price: positiveDecimalSchema
    .nullable()
    .describe('USD per unit on the side of the order: the ask of a buy, the bid of a sale.'),
  total_amount: nonNegativeDecimalSchema.nullable().describe('USD, as the order would show it.'),
  fees: nonNegativeDecimalSchema.nullable().describe('USD, as the order would show it.'),
  estimate: z
    .object({
      price: figureSchema,
      total_amount: nonNegativeDecimalSchema,
      fees: nonNegativeDecimalSchema,
      cash: nonNegativeDecimalSchema,
    })
    .nullable()
    .describe(
      'The trade at the price of execution, or at the price that the order would wait for. `cash` is what leaves the ' +
        'account or reaches it, fees included.',
    ),
  price_bound: positiveDecimalSchema
    .nullable()
    .describe('The worst price of the fill, as the order would have it.'),
  hold: holdSchema.nullable().describe('What would be reserved; null for an order that would not wait.'),
  balance: beforeAndAfter(cashSchema),
  holding: beforeAndAfter(unitsSchema)
    .nullable()
    .describe('Null when nothing of the asset is or would be held.'),
  quote: quoteSchema.nullable().describe('The prices of the moment, however old.'),
  expires_at: timestampSchema.nullable(),
  distance_percent: figureSchema
    .nullable()
    .describe('How far the price would have to move until the order fires: negative when it has to fall.'),
  warnings: z.array(orderWarningSchema),
  reasons: z.array(orderReasonSchema).describe('Every reason why the order would be refused.'),
});
export type OrderPreview = z.infer<typeof orderPreviewSchema>;
