import { z } from 'zod';
import {
  assetIdSchema,
  nonNegativeQuantitySchema,
  positiveDecimalSchema,
  priceSchema,
  timestampSchema,
  usdSchema,
} from '../fields.ts';
import { quoteSchema } from '../inventory/quote.ts';
import { orderTypeSchema } from './order-document.ts';

/** A computed decimal for display: it may have more digits than stored decimals. */
export const figureSchema = z.string().regex(/^-?\d+(?:\.\d+)?$/);

const cashSchema = z
  .object({
    current: usdSchema,
    held: usdSchema,
    available: usdSchema,
  })
  .describe('USD; `available` is `current` less `held`.');

const unitsSchema = z
  .object({
    quantity: nonNegativeQuantitySchema,
    held: nonNegativeQuantitySchema,
    available: nonNegativeQuantitySchema,
  })
  .describe('Units of the asset; `available` is `quantity` less `held`.');

const beforeAndAfter = <T extends z.ZodType>(schema: T) => z.object({ before: schema, after: schema });

/** The hold that an order would have. */
const holdSchema = z.object({
  amount: positiveDecimalSchema,
  unit: z.string().describe('`USD`, or the id of the asset.'),
});

/** A reason for which an order would be refused. */
export const orderReasonSchema = z.object({
  code: z.string().describe('The code of the problem response that the order would get.'),
  field: z.string().nullable().describe('The member of the request to change.'),
  message: z.string(),
  available: z.string().optional().describe('The available amount, when it is too small.'),
  required: z.string().optional(),
});
export type OrderReason = z.infer<typeof orderReasonSchema>;

/** A warning about an order that would be accepted. */
export const orderWarningSchema = z.object({
  code: z.enum(['executes_at_once', 'far_from_market']),
  message: z.string(),
});
export type OrderWarning = z.infer<typeof orderWarningSchema>;

/** An estimate of what an order would do if it were placed now. The next quote may change it. */
export const orderPreviewSchema = z.object({
  would_be: z.enum(['executed', 'queued', 'refused']),
  order_type: orderTypeSchema,
  asset_id: assetIdSchema,
  quantity: z
    .string()
    .describe('Units of the asset; `max` is replaced by the available units, if there are any.'),
  price: priceSchema.nullable().describe('USD per unit: the ask for a buy, the bid for a sale.'),
  total_amount: usdSchema.nullable().describe('USD, the `total_amount` of the order.'),
  fees: usdSchema.nullable().describe('USD, the `fees` of the order.'),
  estimate: z
    .object({
      price: figureSchema,
      total_amount: usdSchema,
      fees: usdSchema,
      cash: usdSchema,
    })
    .nullable()
    .describe(
      'The fill at the current price, or at the trigger price of an order that would be open. `cash` is what the account ' +
        'pays or receives, fees included.',
    ),
  price_bound: priceSchema
    .nullable()
    .describe('The worst price of the fill, the `price_bound` of the order.'),
  hold: holdSchema.nullable().describe('The hold; null for an order that would not be open.'),
  balance: beforeAndAfter(cashSchema),
  holding: beforeAndAfter(unitsSchema)
    .nullable()
    .describe('Null when the account has no position in the asset and would have none.'),
  quote: quoteSchema.nullable().describe('The current quote, however old.'),
  expires_at: timestampSchema.nullable(),
  distance_percent: figureSchema
    .nullable()
    .describe('How far the price has to move until the order is triggered; negative when it has to fall.'),
  warnings: z.array(orderWarningSchema),
  reasons: z.array(orderReasonSchema).describe('Every reason for which the order would be refused.'),
});
export type OrderPreview = z.infer<typeof orderPreviewSchema>;
