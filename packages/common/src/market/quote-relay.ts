import { z } from 'zod';
import { quoteSchema } from '../entities/inventory/quote.ts';
import type { MessageBus } from '../messaging/message-bus.ts';
import { parseMessage } from './parse-message.ts';
import type { QuoteBoard, WritableQuoteBoard } from './quote-board.ts';

const QUOTES_CHANNEL = 'quotes';

const batchSchema = z.array(quoteSchema);

/**
 * Tells other processes of the quotes that are made in this one; what it has read from the store itself they read, too.
 * Returns what ends that.
 */
export function sendQuotes(board: QuoteBoard, bus: MessageBus): () => void {
  return board.subscribe((quotes) => {
    const made = quotes.filter(({ source }) => source !== 'stored');
    if (made.length > 0) bus.publish(QUOTES_CHANNEL, JSON.stringify(made));
  });
}

/**
 * Puts the quotes of other processes on the board of this one. It comes beside the stored prices, which are older and do
 * not get lost. Returns what ends it.
 */
export function receiveQuotes(board: WritableQuoteBoard, bus: MessageBus): () => void {
  return bus.subscribe(QUOTES_CHANNEL, (message) => {
    const batch = batchSchema.safeParse(parseMessage(message));
    // What is no quote was not sent by us.
    if (batch.success) board.publish(batch.data);
  });
}
