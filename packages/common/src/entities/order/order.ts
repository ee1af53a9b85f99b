import { z } from 'zod';
import {
  assetIdSchema,
  basisPointsSchema,
  clientOrderIdSchema,
  decimalInput,
  descriptionSchema,
  idSchema,
  nonNegativeDecimalSchema,
  positiveDecimalSchema,
  rfc3339InputSchema,
  timestampSchema,
  usernameSchema,
} from '../fields.ts';
import { quoteSchema } from '../inventory/quote.ts';

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

/** How many open orders one user may have, unless a setting says otherwise. */
export const DEFAULT_MAX_OPEN_ORDERS = 200;

/** One step of an order's life. */
export const orderHistoryEntrySchema = z.object({
  status: orderStatusSchema,
  at: timestampSchema,
  reason: descriptionSchema.nullable().default(null),
});

export const orderSchema = z.object({
  order_id: idSchema.describe('Sorts by the time of acceptance.'),
  username: usernameSchema.describe('Whose order it is.'),
  asset_id: assetIdSchema.describe('What is bought or sold.'),
  order_type: orderTypeSchema,
  status: orderStatusSchema.default('pending'),
  quantity: positiveDecimalSchema.describe('Units of the asset.'),
  price: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe(
      'USD per unit: the limit of a limit order, of any other the price of execution, null before that.',
    ),
  total_amount: nonNegativeDecimalSchema
    .nullable()
    .default(null)
    .describe(
      'USD without fees, rounded against the user: what moved, or what a waiting limit order would move at its limit; ' +
        'null where only the execution will tell.',
    ),
  fees: nonNegativeDecimalSchema.default('0.00').describe('USD on top of a buy, out of a sale.'),
  fee_bps: basisPointsSchema
    .default(0)
    .describe('The fee that was agreed at acceptance, in hundredths of a percent of the total.'),
  description: descriptionSchema.nullable().default(null).describe('A note of the client.'),
  client_order_id: clientOrderIdSchema
    .nullable()
    .default(null)
    .describe("The client's own name for the order, unique per user for ever."),
  price_bound: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe(
      'The worst price that the user accepts: of a market order, or of the fill of a stop-loss, take-profit or trailing stop.',
    ),
  stop_price: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe('The bid at or below which a stop-loss fires, at or above which a take-profit does.'),
  trail_amount: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe(
      'How far in USD the bid may fall from its highest since acceptance before a trailing stop fires.',
    ),
  trail_percent: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe('The same in percent of the highest bid.'),
  held_amount: nonNegativeDecimalSchema
    .default('0')
    .describe('What the order has reserved right now: USD if it buys, units of the asset if it sells.'),
  accepted_quote: quoteSchema
    .nullable()
    .default(null)
    .describe('The quote of the moment of acceptance; kept for orders that wait.'),
  trigger_quote: quoteSchema.nullable().default(null).describe('The quote that made a waiting order fire.'),
  trigger_price: positiveDecimalSchema
    .nullable()
    .default(null)
    .describe('The trigger price it fired at: of a trailing stop, the one of that moment.'),
  executed_price: positiveDecimalSchema.nullable().default(null).describe('USD per unit of the execution.'),
  created_at: timestampSchema.describe('When it was accepted.'),
  updated_at: timestampSchema.describe('When it last changed.'),
  executed_at: timestampSchema.nullable().default(null),
  cancelled_at: timestampSchema.nullable().default(null),
  expires_at: timestampSchema
    .nullable()
    .default(null)
    .describe('When it ends by itself if it still waits; null for market orders.'),
  history: z.array(orderHistoryEntrySchema).describe('Every status it had, in order.'),
});
export type Order = z.infer<typeof orderSchema>;

/** A new order as a client sends it. */
export const orderCreateSchema = z.strictObject({
  asset_id: assetIdSchema.describe('What is bought or sold.'),
  order_type: orderTypeSchema,
  quantity: decimalInput({ word: 'max' }).describe(
    'Units of the asset; `max` in a market sale: all that is available.',
  ),
  price: decimalInput()
    .nullish()
    .describe('The limit, USD per unit. Limit orders only: a market order takes the price of the moment.'),
  price_bound: decimalInput()
    .nullish()
    .describe(
      'Market, stop-loss, take-profit and trailing-stop orders: the worst price that is accepted. A triggered stop stays ' +
        'open until the bid is no worse.',
    ),
  stop_price: decimalInput()
    .nullish()
    .describe('Stop-loss and take-profit: the bid at or below, or at or above, which the order fires.'),
  trail_amount: decimalInput()
    .nullish()
    .describe(
      'Trailing stop: how far in USD the bid may fall from its highest. Either this or trail_percent.',
    ),
  trail_percent: decimalInput()
    .nullish()
    .describe('Trailing stop: the same in percent of the highest bid, less than 100, two fraction digits.'),
  expires_at: rfc3339InputSchema
    .nullish()
    .describe('When an order that waits ends by itself: 30 days from now unless said, 365 at most.'),
  client_order_id: clientOrderIdSchema
    .nullish()
    .describe('A name of your own: sending the same order again shows the one that is there.'),
  description: descriptionSchema.nullish().describe('A note of your own.'),
});
export type OrderCreate = z.infer<typeof orderCreateSchema>;

/** What may change on an order after it was accepted. No defaults here: what is not named stays as it is. */
export const orderUpdateSchema = z
  .object({
    status: orderStatusSchema,
    held_amount: nonNegativeDecimalSchema,
    executed_at: timestampSchema.nullable(),
    cancelled_at: timestampSchema.nullable(),
    updated_at: timestampSchema,
    history: orderSchema.shape.history,
  })
  .partial();
export type OrderUpdate = z.infer<typeof orderUpdateSchema>;

/** An order as clients see it. */
export const orderResponseSchema = orderSchema;
/** @public the answer of the mission, for clients of the package */
export type OrderResponse = z.infer<typeof orderResponseSchema>;
