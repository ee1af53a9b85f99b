import { z } from 'zod';
import { assetIdSchema, quantitySchema, timestampSchema } from '../entities/fields.ts';
import { quoteSchema } from '../entities/inventory/quote.ts';
import type { MessageBus } from '../messaging/message-bus.ts';
import type { QuoteBoard, TradeFeed, WritableQuoteBoard } from './market-data.ts';

const QUOTES_CHANNEL = 'quotes';
const TRADES_CHANNEL = 'trades';

const quotesSchema = z.array(quoteSchema);
const tradeSchema = z.strictObject({
  asset_id: assetIdSchema,
  quantity: quantitySchema,
  at: timestampSchema,
});

/**
 * Sends the quotes made in this process to the other processes. Quotes read from the store are not sent: the others
 * read them there, too.
 * @returns a function that stops sending
 */
export function sendQuotes(board: Pick<QuoteBoard, 'subscribe'>, bus: MessageBus): () => void {
  return board.subscribe((quotes) => {
    const made = quotes.filter(({ source }) => source !== 'stored');
    if (made.length > 0) bus.publish(QUOTES_CHANNEL, JSON.stringify(made));
  });
}

/**
 * Publishes the quotes of other processes on the board of this one. Messages can get lost; `relayStoredPrices` fills the
 * board as well, later but without loss. Ignores messages that are not quotes.
 * @returns a function that stops receiving
 */
export function receiveQuotes(board: Pick<WritableQuoteBoard, 'publish'>, bus: MessageBus): () => void {
  return bus.subscribe(QUOTES_CHANNEL, (message) => {
    const quotes = quotesSchema.safeParse(parseJson(message));
    if (quotes.success) board.publish(quotes.data);
  });
}

/**
 * Exchanges the quotes made in this process and in others that make prices in turn. Quotes of others are not sent on.
 * @returns a function that stops the exchange
 */
export function shareQuotes(board: WritableQuoteBoard, bus: MessageBus): () => void {
  let isReceiving = false;
  const quiet: Pick<WritableQuoteBoard, 'publish'> = {
    publish(quotes) {
      isReceiving = true;
      board.publish(quotes);
      isReceiving = false;
    },
  };
  const stopSending = sendQuotes(
    { subscribe: (listener) => board.subscribe((quotes) => (isReceiving ? undefined : listener(quotes))) },
    bus,
  );
  const stopReceiving = receiveQuotes(quiet, bus);
  return () => {
    stopSending();
    stopReceiving();
  };
}

/**
 * Sends the trades of this process to the process that makes candles.
 * @returns a function that stops sending
 */
export function sendTrades(tradeFeed: TradeFeed, bus: MessageBus): () => void {
  return tradeFeed.subscribe((trade) => bus.publish(TRADES_CHANNEL, JSON.stringify(trade)));
}

/**
 * Reports the trades of other processes on the trade feed of this one. Ignores messages that are not trades.
 * @returns a function that stops receiving
 */
export function receiveTrades(tradeFeed: TradeFeed, bus: MessageBus): () => void {
  return bus.subscribe(TRADES_CHANNEL, (message) => {
    const trade = tradeSchema.safeParse(parseJson(message));
    if (trade.success) tradeFeed.report(trade.data);
  });
}

/** Parses a message; undefined when it is not JSON, which no schema accepts. */
function parseJson(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    return undefined;
  }
}
