import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';

/** A comment that clients ignore and that keeps proxies from closing an idle connection. */
export const HEARTBEAT_FRAME = ':\n\n';

/**
 * Formats one server-sent event. JSON text has no raw line break, so the data is always one line.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sseFrame(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Formats a user's event. Its id is its `seq`, from which a client resumes. */
export function userEventFrame({ seq, id, type, occurred_at, username, data }: LiveEvent): string {
  return `id: ${seq}\n${sseFrame(type, { seq, id, type, occurred_at, username, data })}`;
}

/** Formats a quote as a `price.updated` event, which has no id. */
export function priceFrame({ asset_id, bid, ask, mid, at, source, seq }: Quote): string {
  return sseFrame('price.updated', { asset_id, bid, ask, mid, at, source, seq });
}
