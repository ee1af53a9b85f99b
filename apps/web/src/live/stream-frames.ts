import type { AssetId } from '@cnop/common/core/brands';
import { quoteSchema } from '@cnop/common/entities/inventory/quote';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { liveEventSchema } from '@cnop/common/entities/user/live-event';
import type { EventSourceMessage } from 'eventsource-parser';
import { createParser } from 'eventsource-parser';
import { z } from 'zod';
import type { LivePrice } from './price-store.ts';

/** A frame of the stream. */
export type StreamFrame =
  | { readonly kind: 'hello'; readonly lastSeq: number }
  | { readonly kind: 'price'; readonly assetId: AssetId; readonly price: LivePrice }
  | { readonly kind: 'event'; readonly event: LiveEvent }
  /** Earlier events are lost: everything has to be read again. */
  | { readonly kind: 'reset'; readonly lastSeq: number }
  | { readonly kind: 'closing'; readonly reason: string }
  | { readonly kind: 'session-over' };

const positionSchema = z.object({ last_seq: z.int() });
const closingSchema = z.object({ reason: z.string() });

/** More than any frame has; bounds the memory of a frame that never ends. */
const MAX_BUFFERED_CHARACTERS = 1_000_000;

/**
 * Makes the function that reads the frames of one connection from its chunks, which may end anywhere. Unknown frames are
 * ignored, so that the server may add some. It throws a ParseError for a frame that does not end.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createFrameReader(onFrame: (frame: StreamFrame) => void): (chunk: Uint8Array) => void {
  const decoder = new TextDecoder();
  const parser = createParser({
    maxBufferSize: MAX_BUFFERED_CHARACTERS,
    onEvent(message) {
      const frame = readFrame(message);
      if (frame) onFrame(frame);
    },
    onError(error) {
      if (error.type === 'max-buffer-size-exceeded') throw error;
    },
  });
  return (chunk) => parser.feed(decoder.decode(chunk, { stream: true }));
}

function readFrame({ event: type, data }: EventSourceMessage): StreamFrame | undefined {
  const body = parseJson(data);
  switch (type) {
    case 'hello':
    case 'reset': {
      const position = positionSchema.safeParse(body);
      return position.success ? { kind: type, lastSeq: position.data.last_seq } : undefined;
    }
    case 'price.updated': {
      const quote = quoteSchema.safeParse(body);
      if (!quote.success) return undefined;
      const { asset_id: assetId, bid, ask, mid, at, seq, source } = quote.data;
      return { kind: 'price', assetId, price: { bid, ask, mid, at, seq, source } };
    }
    case 'closing': {
      const closing = closingSchema.safeParse(body);
      return closing.success ? { kind: 'closing', reason: closing.data.reason } : undefined;
    }
    default: {
      const event = liveEventSchema.safeParse(body);
      if (event.success) return { kind: 'event', event: event.data };
      return type === 'session.revoked' ? { kind: 'session-over' } : undefined;
    }
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
