import { z } from 'zod';
import { formatUsd, ZERO } from '../../core/money.ts';
import {
  assetIdSchema,
  basisPointsSchema,
  clientOrderIdSchema,
  decimalInput,
  descriptionSchema,
  nonNegativeDecimalSchema,
  orderIdSchema,
  positiveDecimalSchema,
  priceInput,
  priceSchema,
  quantitySchema,
  rfc3339InputSchema,
  timestampSchema,
  transactionIdSchema,
  usdSchema,
  usernameSchema,
} from '../fields.ts';
import { quoteSchema } from '../inventory/quote.ts';

/** The types of orders. */
export const orderTypeSchema = z.enum([
  'market_buy',
  'market_sell',
  'limit_buy',
  'limit_sell',
  'stop_loss',
  'take_profit',
  'trailing_stop',
]);
export type OrderType = z.infer<typeof orderTypeSchema>;

/** The statuses of an order; an open order is `queued`. `ORDER_TRANSITIONS` has the transitions. */
export const orderStatusSchema = z.enum([
  'pending',
  'confirmed',
  'queued',
  'processing',
  'completed',
  'cancelled',
  'failed',
  'expired',
]);
export type OrderStatus = z.infer<typeof orderStatusSchema>;

/** The statuses of orders that are not open any more. */
export const finalStatusSchema = orderStatusSchema.extract(['completed', 'cancelled', 'expired', 'failed']);
export type FinalStatus = z.infer<typeof finalStatusSchema>;

/** The most open orders of one user, unless a setting says otherwise. */
export const DEFAULT_MAX_OPEN_ORDERS = 200;

/** A change of an order's status. */
export const orderHistoryEntrySchema = z.object({
  status: orderStatusSchema,
  at: timestampSchema,
  reason: descriptionSchema.nullable().default(null),
});

/** The refund of a filled order: the share of its trade that was reversed. */
export const orderRefundSchema = z.object({
  refund_id: transactionIdSchema.describe('The asset transaction that reverses the trade.'),
  refunded_at: timestampSchema,
  quantity: quantitySchema.describe('Units that went back; at most those of the order.'),
  total_amount: usdSchema.describe('USD without fees, rounded against the user.'),
  fees: usdSchema.describe('USD: the fees that the house gave back.'),
  reason: descriptionSchema,
});
export type OrderRefund = z.infer<typeof orderRefundSchema>;

/**
 * An order as it is stored and sent: flat, with null where a member does not apply to the type or status of the order.
 * `order-codec` converts it to the `Order` that rules work on.
 */
export const orderDocumentSchema = z.object({
  order_id: orderIdSchema.describe('Sorts by the time of acceptance.'),
  username: usernameSchema.describe('The user who placed the order.'),
  asset_id: assetIdSchema.describe('The asset that is bought or sold.'),
  order_type: orderTypeSchema,
  status: orderStatusSchema.default('pending'),
  quantity: quantitySchema.describe('Units of the asset.'),
  price: priceSchema
    .nullable()
    .default(null)
    .describe(
      'USD per unit: the limit of a limit order; of other orders the price of the fill, null before it.',
    ),
  total_amount: usdSchema
    .nullable()
    .default(null)
    .describe(
      'USD without fees, rounded against the user: the total of the fill, or of an open limit order the total at its limit; ' +
        '`null` for other orders until they are filled.',
    ),
  fees: usdSchema
    .default(formatUsd(ZERO))
    .describe('USD, added to the total of a buy and deducted from the proceeds of a sale.'),
  fee_bps: basisPointsSchema
    .default(0)
    .describe('The fee agreed at acceptance, in basis points of the total.'),
  description: descriptionSchema.nullable().default(null).describe('A note by the client.'),
  client_order_id: clientOrderIdSchema
    .nullable()
    .default(null)
    .describe("The client's own name for the order, unique per user for ever."),
  price_bound: priceSchema
    .nullable()
    .default(null)
    .describe(
      'The worst price of the fill that the user accepts, for market, stop-loss, take-profit and trailing-stop orders.',
    ),
  stop_price: priceSchema
    .nullable()
    .default(null)
    .describe('The bid at or below which a stop-loss is triggered, or at or above which a take-profit is.'),
  trail_amount: priceSchema
    .nullable()
    .default(null)
    .describe(
      'A trailing stop is triggered when the bid falls by this many USD from its highest since acceptance.',
    ),
  trail_percent: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe('The trail of a trailing stop in percent of the highest bid.'),
  held_amount: nonNegativeDecimalSchema
    .default('0')
    .describe('The hold of an open order: USD for a buy, units of the asset for a sale.'),
  accepted_quote: quoteSchema
    .nullable()
    .default(null)
    .describe('The quote at acceptance, for orders that were open.'),
  trigger_quote: quoteSchema.nullable().default(null).describe('The quote that triggered the order.'),
  trigger_price: priceSchema
    .nullable()
    .default(null)
    .describe('The trigger price when the order was triggered; a trailing stop moves it until then.'),
  executed_price: priceSchema.nullable().default(null).describe('USD per unit: the price of the fill.'),
  created_at: timestampSchema.describe('The time of acceptance.'),
  updated_at: timestampSchema.describe('The time of the last change.'),
  executed_at: timestampSchema.nullable().default(null),
  cancelled_at: timestampSchema.nullable().default(null),
  expires_at: timestampSchema
    .nullable()
    .default(null)
    .describe('The time when an open order expires; null for market orders.'),
  history: z.array(orderHistoryEntrySchema).describe('Every status that the order had, oldest first.'),
  refund: orderRefundSchema.optional().describe('Absent unless the filled order was refunded.'),
});
export type OrderDocument = z.infer<typeof orderDocumentSchema>;

/** The members that the schema adds when they are absent. */
const DEFAULTS: Readonly<Record<string, unknown>> = Object.fromEntries(
  Object.entries(orderDocumentSchema.shape).map(([name, field]) => [name, field.safeParse(undefined).data]),
);

/** Returns an order without the members that its schema adds by itself: a short form that `orderDocumentSchema` parses. */
export function withoutDefaults<Document extends OrderDocument>(order: Document) {
  const kept: Partial<Document> = {};
  for (const name in order) if (order[name] !== DEFAULTS[name]) kept[name] = order[name];
  const history = order.history.map(({ status, at, reason }) =>
    reason === null ? { status, at } : { status, at, reason },
  );
  return { ...kept, history };
}

/**
 * The kinds of triggers: an ask at or below a price, a bid at or below it, a bid at or above it, or a bid that fell by a
 * trail from its peak.
 */
export const TRIGGER_KINDS = ['ASK_LE', 'BID_LE', 'BID_GE', 'TRAIL'] as const;
export type TriggerKind = (typeof TRIGGER_KINDS)[number];

/** A request for a new order. */
export const orderCreateSchema = z.strictObject({
  asset_id: assetIdSchema.describe('The asset that is bought or sold.'),
  order_type: orderTypeSchema,
  quantity: decimalInput({ word: 'max' }).describe(
    'Units of the asset. `max` in a market sale: all available units.',
  ),
  price: priceInput()
    .nullish()
    .describe(
      'The limit in USD per unit, for limit orders only. A market order is filled at the current quote.',
    ),
  price_bound: priceInput()
    .nullish()
    .describe(
      'The worst price of the fill, for market, stop-loss, take-profit and trailing-stop orders. A triggered stop stays ' +
        'open until the bid is no worse.',
    ),
  stop_price: priceInput()
    .nullish()
    .describe('The bid at or below which a stop-loss is triggered, or at or above which a take-profit is.'),
  trail_amount: priceInput()
    .nullish()
    .describe(
      'The trail of a trailing stop: how far in USD the bid may fall from its highest. Give this or trail_percent.',
    ),
  trail_percent: decimalInput()
    .nullish()
    .describe(
      'The trail of a trailing stop in percent of the highest bid: less than 100, at most two fraction digits.',
    ),
  expires_at: rfc3339InputSchema
    .nullish()
    .describe('The time when the order expires while it is open: 30 days from now by default, 365 at most.'),
  client_order_id: clientOrderIdSchema
    .nullish()
    .describe('Your own name for the order. Sending the same order again returns the existing one.'),
  description: descriptionSchema.nullish().describe('Your own note.'),
});
export type OrderCreate = z.infer<typeof orderCreateSchema>;

/** The fields of an order that change apart from its status and its funds. */
export const orderUpdateSchema = z.object({ description: descriptionSchema.nullable() });
export type OrderUpdate = z.infer<typeof orderUpdateSchema>;
