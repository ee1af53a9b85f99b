import { decimal } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { LiveEventData } from '@cnop/common/entities/user/live-event';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

type Told<Name extends 'balance' | 'holding'> = NonNullable<LiveEventData[Name]>;

/** What the events of one user came to. */
export interface EventsEnd {
  readonly username: string;
  readonly firstSeq: number;
  readonly firstKey: ItemKey;
  readonly lastSeq: number;
  readonly lastKey: ItemKey;
  /** Absent when the last event cannot be read. */
  readonly lastAt: string | undefined;
  /** The figures of the last event, if it has some. */
  readonly balance: Told<'balance'> | undefined;
  /** By asset, the last event that told of it. */
  readonly holdings: ReadonlyMap<string, { readonly key: ItemKey; readonly told: Told<'holding'> }>;
}

/**
 * The events of a user against the balance that counts them. That the balance's last event is there is checked from the
 * side of the balance when it changed of late, since then not one event may be left.
 * @param balance absent when there is none
 */
export function checkEventsEnd(
  end: EventsEnd,
  balance: StoredOf<'balance'> | undefined,
  keptSince: string,
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
  // Events of an account that is younger than events live are all there.
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
  const told = end.balance;
  if (lastSeq !== count || lastAt < keptSince || !told) return found;
  if (decimal(told.current_balance).eq(current_balance) && decimal(told.held_balance).eq(held_balance))
    return found;
  const text =
    `It tells ${told.current_balance} with ${told.held_balance} held, ` +
    `but the balance is ${current_balance} with ${held_balance} held.`;
  return [...found, violation('event-balance', [end.lastKey, balance.key], text)];
}

/** Of a user whose balance changed of late, the last event must be there. */
export function mustHaveLastEvent({ entity }: StoredOf<'balance'>, keptSince: string): boolean {
  return entity.event_seq > 0 && entity.updated_at >= keptSince;
}

export function missingEvent(username: string, seq: number): Violation[] {
  return [violation('event-sequence', [liveEventRecord.key({ username, seq })], `There is no event ${seq}.`)];
}

/** The last event about a holding against the holding. */
export function checkToldHolding(
  eventKey: ItemKey,
  told: Told<'holding'>,
  {
    holding,
    holdingKey,
  }: { readonly holding: StoredOf<'holding'> | undefined; readonly holdingKey: ItemKey },
): Violation[] {
  const keys = [eventKey, holdingKey];
  const tells = `It tells ${told.quantity} with ${told.held_quantity} held, but`;
  if (!holding) return [violation('event-holding', keys, `${tells} there is no holding.`)];
  const { quantity, held_quantity } = holding.entity;
  if (decimal(told.quantity).eq(quantity) && decimal(told.held_quantity).eq(held_quantity)) return [];
  return [
    violation('event-holding', keys, `${tells} the holding is ${quantity} with ${held_quantity} held.`),
  ];
}
