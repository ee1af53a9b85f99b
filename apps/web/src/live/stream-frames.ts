import { quoteSchema } from '@cnop/common/entities/inventory/quote';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { liveEventSchema } from '@cnop/common/entities/user/live-event';
import { z } from 'zod';
import type { LivePrice } from './price-store.ts';
import type { StreamEvent } from './sse-parser.ts';

/** A frame of the stream. */
export type StreamFrame =
  | { readonly kind: 'hello'; readonly lastSeq: number }
  | { readonly kind: 'price'; readonly assetId: string; readonly price: LivePrice }
  | { readonly kind: 'event'; readonly event: LiveEvent }
  /** Earlier events are lost: everything has to be read again. */
  | { readonly kind: 'reset'; readonly lastSeq: number }
  | { readonly kind: 'closing'; readonly reason: string }
  | { readonly kind: 'session-over' };

const positionSchema = z.object({ last_seq: z.int() });
const closingSchema = z.object({ reason: z.string() });

/** Parses one frame. Unknown frames are ignored, so that the server may add some. */
export function readFrame({ type, data }: Pick<StreamEvent, 'type' | 'data'>): StreamFrame | undefined {
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
