import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { eventOwnerOf, liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Findings } from './findings.ts';
import type { Lookups } from './lookups.ts';
import { found } from './lookups.ts';
import type { EventBefore } from './rules/event.ts';
import { checkNextEvent } from './rules/event.ts';
import type { EventsEnd } from './rules/events-end.ts';
import { checkEventsEnd, checkToldHolding, missingEvent, mustHaveLastEvent } from './rules/events-end.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';
import type { Violation } from './violation.ts';

export interface EventWalkDeps {
  readonly findings: Findings;
  readonly lookups: Lookups;
  /** From when on no event may be missing. */
  readonly keptSince: string;
}

export interface EventWalk {
  visit(key: ItemKey, reading: Reading): Promise<void>;
  end(): Promise<void>;
}

/** What is known of the user whose events are being read. */
interface Followed extends EventsEnd {
  readonly pk: string;
  readonly holdings: Map<string, { readonly key: ItemKey; readonly told: Told }>;
}

type Told = NonNullable<StoredOf<'event'>['entity']['data']['holding']>;

/**
 * Follows the events of one user after the other, with the last one and one line for each asset in memory. What they
 * come to is held against balance and holdings, which are looked up, since they may be read long before or after.
 */
export function createEventWalk({ findings, lookups, keptSince }: EventWalkDeps): EventWalk {
  let followed: Followed | undefined;

  async function leave(end: Followed): Promise<void> {
    const { username, holdings } = end;
    const told = [...holdings.values()];
    const holdingKeys = told.map((one) => assetBalanceRecord.key({ username, asset_id: one.told.asset_id }));
    await lookups.ask({
      keys: [balanceRecord.key({ username }), ...holdingKeys],
      judge([balanceItem, ...items]) {
        const balance = found('balance', balanceItem);
        const aboutHoldings = holdingKeys.flatMap((holdingKey, position): Violation[] => {
          const one = told[position];
          const holding = found('holding', items[position]);
          if (!one || holding === 'unreadable') return [];
          const against = { holding: holding === 'absent' ? undefined : holding, holdingKey };
          return checkToldHolding(one.key, one.told, against);
        });
        if (balance === 'unreadable') return aboutHoldings;
        const stored = balance === 'absent' ? undefined : balance;
        return [...checkEventsEnd(end, stored, keptSince), ...aboutHoldings];
      },
    });
  }

  async function askForLastEvent(balance: StoredOf<'balance'>): Promise<void> {
    if (!mustHaveLastEvent(balance, keptSince)) return;
    const { username, event_seq: seq } = balance.entity;
    await lookups.ask({
      keys: [liveEventRecord.key({ username, seq })],
      judge: ([item]) => (item ? [] : missingEvent(username, seq)),
    });
  }

  return {
    async visit(key, reading) {
      if (reading.outcome === 'read' && reading.stored.kind === 'balance')
        await askForLastEvent(reading.stored);
      const username = eventOwnerOf(key);
      if (followed && followed.pk !== key.pk) {
        await leave(followed);
        followed = undefined;
      }
      if (username === undefined) return;
      if (reading.outcome !== 'read') followed = pass(followed, key, username);
      else if (reading.stored.kind === 'event') {
        const event = reading.stored;
        if (followed) findings.add(checkNextEvent(beforeOf(followed), event, keptSince));
        followed = follow(followed, event, { username, keptSince });
      }
    },
    async end() {
      if (followed) await leave(followed);
      followed = undefined;
    },
  };
}

function beforeOf({ lastSeq, lastAt }: Followed): EventBefore {
  return { seq: lastSeq, occurredAt: lastAt };
}

function follow(
  before: Followed | undefined,
  { key, entity }: StoredOf<'event'>,
  { username, keptSince }: { readonly username: string; readonly keptSince: string },
): Followed {
  const { seq, occurred_at, data } = entity;
  const holdings = before?.holdings ?? new Map<string, { readonly key: ItemKey; readonly told: Told }>();
  // A later event about the same holding may be deleted before this one once both are old.
  if (data.holding && occurred_at >= keptSince)
    holdings.set(data.holding.asset_id, { key, told: data.holding });
  return {
    ...placeOf(before, { key, username, seq }),
    lastAt: occurred_at,
    balance: data.balance,
    holdings,
  };
}

/** An event that cannot be read is not missing: its number is in its key. What it told of a holding nobody knows. */
function pass(before: Followed | undefined, key: ItemKey, username: string): Followed {
  return {
    ...placeOf(before, { key, username, seq: Number(key.sk) }),
    lastAt: undefined,
    balance: undefined,
    holdings: new Map(),
  };
}

/** Whose events, from which to which. */
function placeOf(
  before: Followed | undefined,
  { key, username, seq }: { readonly key: ItemKey; readonly username: string; readonly seq: number },
) {
  return {
    pk: key.pk,
    username,
    firstSeq: before?.firstSeq ?? seq,
    firstKey: before?.firstKey ?? key,
    lastSeq: seq,
    lastKey: key,
  };
}
