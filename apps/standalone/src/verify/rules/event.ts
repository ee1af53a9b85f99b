import type { ItemKey } from '@cnop/common/database/table-store';
import type { LiveEvent, LiveEventData, LiveEventType } from '@cnop/common/entities/user/live-event';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** What an event of each type must tell; it may tell more. */
const TELLS: Readonly<Record<LiveEventType, readonly (keyof LiveEventData)[]>> = {
  'order.queued': ['order', 'balance'],
  'order.completed': ['order', 'balance', 'holding'],
  'order.cancelled': ['order', 'balance'],
  'order.expired': ['order', 'balance'],
  'order.failed': ['order', 'balance'],
  'balance.changed': ['balance'],
  'holding.changed': ['holding'],
  'session.revoked': ['session_id'],
};

/**
 * Processes take the time before they commit, and machines do not quite agree on it, so two commits of one user may
 * carry times in the reverse order.
 */
const MAX_SLIP_MILLISECONDS = 60_000;

export function checkEventData({ key, entity }: StoredOf<'event'>): Violation[] {
  const { type, data } = entity;
  const missing = TELLS[type].filter((name) => data[name] === undefined);
  const texts = missing.map((name) => `A ${type} tells of no ${name}.`);
  const { order } = data;
  if (order && type !== `order.${order.status}`)
    texts.push(`A ${type} tells of an order that is ${order.status}.`);
  if (order && data.holding && data.holding.asset_id !== order.asset_id) {
    texts.push(`An order of ${order.asset_id} changed ${data.holding.asset_id}.`);
  }
  return texts.length === 0 ? [] : [violation('event-data', [key], texts.join(' '))];
}

/** The event that was read last, as far as it matters for the next one. */
export interface EventBefore {
  readonly seq: number;
  /** Absent when that event cannot be read. */
  readonly occurredAt: string | undefined;
}

/**
 * Holds an event against the one before it.
 * @param keptSince from when on no event may be missing
 */
export function checkNextEvent(
  before: EventBefore,
  { key, entity }: { readonly key: ItemKey; readonly entity: LiveEvent },
  keptSince: string,
): Violation[] {
  const { seq, occurred_at } = entity;
  const due = before.seq + 1;
  const found: Violation[] = [];
  // What follows an event that must be there must be there as well.
  if (seq !== due && (before.occurredAt ?? '') >= keptSince) {
    found.push(violation('event-sequence', [key], `This is event ${seq} where ${due} is due.`));
  }
  if (before.occurredAt !== undefined && slipOf(before.occurredAt, occurred_at) > MAX_SLIP_MILLISECONDS) {
    const text = `It happened at ${occurred_at}, but event ${before.seq} at ${before.occurredAt}.`;
    found.push(violation('event-times', [key], text));
  }
  return found;
}

function slipOf(before: string, after: string): number {
  // Nearly all are in order, and texts compare faster than times.
  return after >= before ? 0 : Date.parse(before) - Date.parse(after);
}
