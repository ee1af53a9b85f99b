import type { IsoTime, Username } from '@cnop/common/core/brands';
import { isoTime } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { LiveEvent, LiveEventData, LiveEventType } from '@cnop/common/entities/user/live-event';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** The data that an event of each type must carry. It may carry more. */
const REQUIRED_DATA: Readonly<Record<LiveEventType, readonly (keyof LiveEventData)[]>> = {
  'order.queued': ['order', 'balance'],
  'order.completed': ['order', 'balance', 'holding'],
  'order.cancelled': ['order', 'balance'],
  'order.expired': ['order', 'balance'],
  'order.failed': ['order', 'balance'],
  'balance.changed': ['balance'],
  'holding.changed': ['holding'],
  'session.revoked': ['session_id'],
  'payment.changed': ['payment', 'balance'],
  'recurring_buy.refused': ['recurring_buy', 'balance'],
};

/**
 * Tolerance for times in the reverse order: processes take the time before they commit, and the clocks of machines
 * differ.
 */
const MAX_REVERSAL_MILLISECONDS = 60_000;

/** Checks that an event carries the data of its type. */
export function checkEventData({ key, entity }: StoredOf<'event'>): Violation[] {
  const { type, data } = entity;
  const missing = REQUIRED_DATA[type].filter((name) => data[name] === undefined);
  const texts = missing.map((name) => `A ${type} has no ${name}.`);
  const { order } = data;
  if (order && type !== `order.${order.status}`)
    texts.push(`A ${type} is about an order that is ${order.status}.`);
  if (order && data.holding && data.holding.asset_id !== order.asset_id) {
    texts.push(`An order of ${order.asset_id} changed ${data.holding.asset_id}.`);
  }
  return texts.length === 0 ? [] : [violation('event-data', [key], texts.join(' '))];
}

/** The event before the one that is checked. */
export interface EventBefore {
  readonly seq: number;
  /** Absent when that event cannot be read. */
  readonly occurredAt: string | undefined;
}

/**
 * Compares an event with the one before it.
 * @param keptSince the moment from which on no event may be missing
 */
export function checkNextEvent(
  before: EventBefore,
  { key, entity }: { readonly key: ItemKey; readonly entity: LiveEvent },
  keptSince: IsoTime,
): Violation[] {
  const { seq, occurred_at } = entity;
  const due = before.seq + 1;
  const found: Violation[] = [];
  // After an event that must be there, the next one must be there as well.
  if (seq !== due && (before.occurredAt ?? '') >= keptSince) {
    found.push(violation('event-sequence', [key], `This is event ${seq} where ${due} is due.`));
  }
  if (
    before.occurredAt !== undefined &&
    reversalMilliseconds(before.occurredAt, occurred_at) > MAX_REVERSAL_MILLISECONDS
  ) {
    const text = `It happened at ${occurred_at}, but event ${before.seq} at ${before.occurredAt}.`;
    found.push(violation('event-times', [key], text));
  }
  return found;
}

function reversalMilliseconds(before: string, after: string): number {
  // Nearly all are in order, and comparing texts is faster than parsing times.
  return after >= before ? 0 : Date.parse(before) - Date.parse(after);
}

type Reported<Name extends 'balance' | 'holding'> = NonNullable<LiveEventData[Name]>;

/** The state after the last event of one user. */
export interface EventsEnd {
  readonly username: Username;
  readonly firstSeq: number;
  readonly firstKey: ItemKey;
  readonly lastSeq: number;
  readonly lastKey: ItemKey;
  /** Absent when the last event cannot be read. */
  readonly lastAt: IsoTime | undefined;
  /** The balance of the last event, if it carries one. */
  readonly balance: Reported<'balance'> | undefined;
  /** By asset, the last event that carries its position. */
  readonly holdings: ReadonlyMap<string, { readonly key: ItemKey; readonly reported: Reported<'holding'> }>;
}

/**
 * Compares the events of a user with the balance that counts them. A missing last event of a recently changed balance is
 * reported by `requiresLastEvent` instead, since such a user may have no events at all.
 * @param balance undefined when there is none
 */
export function checkEventsEnd(
  end: EventsEnd,
  balance: StoredOf<'balance'> | undefined,
  keptSince: IsoTime,
): Violation[] {
  const { username, lastSeq, lastAt = '' } = end;
  if (!balance) {
    return [
      violation(
        'account-parts',
        [balanceRecord.key({ username })],
        `There is no balance for ${lastSeq} events.`,
      ),
    ];
  }
  const { event_seq: count, created_at, updated_at, current_balance, held_balance } = balance.entity;
  const found: Violation[] = [];
  // An account that is younger than the retention of events has all of them.
  if (end.firstSeq > 1 && created_at >= keptSince) {
    found.push(violation('event-sequence', [end.firstKey], `This is event ${end.firstSeq} where 1 is due.`));
  }
  if (lastSeq > count) {
    found.push(
      violation(
        'event-sequence',
        [end.lastKey],
        `This is event ${lastSeq}, but the balance counts ${count}.`,
      ),
    );
  }
  if (lastSeq < count && lastAt >= keptSince && updated_at < keptSince) {
    found.push(...missingEvent(username, count));
  }
  const reported = end.balance;
  if (lastSeq !== count || lastAt < keptSince || !reported) return found;
  if (
    decimal(reported.current_balance).eq(current_balance) &&
    decimal(reported.held_balance).eq(held_balance)
  )
    return found;
  const text =
    `The event says ${reported.current_balance} with ${reported.held_balance} held, ` +
    `but the balance is ${current_balance} with ${held_balance} held.`;
  return [...found, violation('event-balance', [end.lastKey, balance.key], text)];
}

/** Returns whether the last event of a user must be there: the balance changed within the retention of events. */
export function requiresLastEvent({ entity }: StoredOf<'balance'>, keptSince: IsoTime): boolean {
  return entity.event_seq > 0 && entity.updated_at >= keptSince;
}

/** Creates the violation of a missing event. */
export function missingEvent(username: Username, seq: number): Violation[] {
  return [violation('event-sequence', [liveEventRecord.key({ username, seq })], `There is no event ${seq}.`)];
}

/** Compares the last event about a position with the position. */
export function checkReportedHolding(
  eventKey: ItemKey,
  reported: Reported<'holding'>,
  {
    holding,
    holdingKey,
  }: { readonly holding: StoredOf<'holding'> | undefined; readonly holdingKey: ItemKey },
): Violation[] {
  const keys = [eventKey, holdingKey];
  const says = `The event says ${reported.quantity} with ${reported.held_quantity} held, but`;
  if (!holding) return [violation('event-holding', keys, `${says} there is no position.`)];
  const { quantity, held_quantity } = holding.entity;
  if (decimal(reported.quantity).eq(quantity) && decimal(reported.held_quantity).eq(held_quantity)) return [];
  return [
    violation('event-holding', keys, `${says} the position is ${quantity} with ${held_quantity} held.`),
  ];
}

/** Compares the last event about a wallet with the wallet. */
export function checkReportedWallet(
  eventKey: ItemKey,
  { currency, current_balance, held_balance }: NonNullable<LiveEventData['wallets']>[number],
  wallet: StoredOf<'wallet'> | 'absent' | 'unreadable',
): Violation[] {
  if (wallet === 'unreadable') return [];
  const says = `The event says ${current_balance} ${currency} with ${held_balance} held, but`;
  if (wallet === 'absent') return [violation('event-wallet', [eventKey], `${says} there is no wallet.`)];
  const { key, entity } = wallet;
  if (decimal(current_balance).eq(entity.current_balance) && decimal(held_balance).eq(entity.held_balance))
    return [];
  const is = `the wallet is ${entity.current_balance} with ${entity.held_balance} held.`;
  return [violation('event-wallet', [eventKey, key], `${says} ${is}`)];
}

const DAY_MILLISECONDS = 24 * 60 * 60 * 1_000;
const EVENT_RETENTION_DAYS = 30;
/** Tolerance for clocks that differ, and for events that expire while a large store is read. */
const GRACE_DAYS = 1;

/**
 * Returns the moment from which on every event must be there. An older event may be deleted at any time and in any order,
 * so its absence is no violation.
 */
export function eventsKeptSince(now: Date): IsoTime {
  return isoTime(new Date(now.getTime() - (EVENT_RETENTION_DAYS - GRACE_DAYS) * DAY_MILLISECONDS));
}
