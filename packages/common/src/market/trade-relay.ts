import { z } from 'zod';
import { assetIdSchema, positiveDecimalSchema, timestampSchema } from '../entities/fields.ts';
import type { MessageBus } from '../messaging/message-bus.ts';
import { parseMessage } from './parse-message.ts';
import type { TradeFeed } from './trade-feed.ts';

const TRADES_CHANNEL = 'trades';

const tradeSchema = z.strictObject({
  asset_id: assetIdSchema,
  quantity: positiveDecimalSchema,
  at: timestampSchema,
});

/** Tells the process that makes candles of the trades of this one. Returns what ends that. */
export function sendTrades(tradeFeed: TradeFeed, bus: MessageBus): () => void {
  return tradeFeed.subscribe((trade) => bus.publish(TRADES_CHANNEL, JSON.stringify(trade)));
}

/** Puts the trades of other processes on the trade feed of this one. Returns what ends it. */
export function receiveTrades(tradeFeed: TradeFeed, bus: MessageBus): () => void {
  return bus.subscribe(TRADES_CHANNEL, (message) => {
    const trade = tradeSchema.safeParse(parseMessage(message));
    // What is no trade was not sent by us.
    if (trade.success) tradeFeed.report(trade.data);
  });
}
