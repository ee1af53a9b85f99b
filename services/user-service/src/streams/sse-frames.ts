import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';

/** A line that clients ignore; it keeps everything between us and them from thinking that the stream is dead. */
export const HEARTBEAT_FRAME = ':\n\n';

/**
 * One event of a stream of server-sent events. JSON has no raw line break, so the data is always one line.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function frameOf(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Writes a user's event. Its id is its `seq`: from there a client goes on. */
export function userEventFrame({ seq, id, type, occurred_at, username, data }: LiveEvent): string {
  return `id: ${seq}\n${frameOf(type, { seq, id, type, occurred_at, username, data })}`;
}

export function priceFrame({ asset_id, bid, ask, mid, at, source, seq }: Quote): string {
  return frameOf('price.updated', { asset_id, bid, ask, mid, at, source, seq });
}
