import type { IsoTime, Username } from '@cnop/common/core/brands';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { eventOwnerOf, liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { walletRecord } from '@cnop/common/dao/user/wallet-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { Lookups } from './lookups.ts';
import { readAs } from './lookups.ts';
import type { EventBefore, EventsEnd } from './rules/events.ts';
import {
  checkEventsEnd,
  checkNextEvent,
  checkReportedHolding,
  checkReportedWallet,
  missingEvent,
  requiresLastEvent,
} from './rules/events.ts';
import type { Reading, StoredOf } from './stored-kinds.ts';
import type { Findings, Violation } from './violation.ts';

export interface EventWalkDeps {
  readonly findings: Findings;
  readonly lookups: Lookups;
  /** The moment from which on no event may be missing. */
  readonly keptSince: IsoTime;
}

/** Checks the events of all users while the users table is read. */
export interface EventWalk {
  /** Takes the next item of the table. */
  visit(key: ItemKey, reading: Reading): Promise<void>;
  /** Finishes the last user. */
  end(): Promise<void>;
}

/** The events of one user that were read so far. */
interface UserEvents extends EventsEnd {
  readonly pk: string;
  readonly holdings: Map<string, { readonly key: ItemKey; readonly reported: Reported }>;
  readonly wallets: Map<string, { readonly key: ItemKey; readonly reported: ReportedWallet }>;
}

type ReportedWallet = NonNullable<StoredOf<'event'>['entity']['data']['wallets']>[number];
type Reported = NonNullable<StoredOf<'event'>['entity']['data']['holding']>;

/**
 * Follows the events of one user after the other, with the last event and one entry for each asset in memory. The last
 * figures are compared with balance and holdings, which are looked up, since the scan may read them long before or after.
 */
export function createEventWalk({ findings, lookups, keptSince }: EventWalkDeps): EventWalk {
  let current: UserEvents | undefined;

  async function finishUser(end: UserEvents): Promise<void> {
    const { username, holdings } = end;
    const walletReports = [...end.wallets.values()];
    await lookups.ask({
      keys: walletReports.map(({ reported: { currency } }) => walletRecord.key({ username, currency })),
      check: (items) =>
        walletReports.flatMap(({ key, reported }, position) =>
          checkReportedWallet(key, reported, readAs('wallet', items[position])),
        ),
    });
    const lastReports = [...holdings.values()];
    const holdingKeys = lastReports.map(({ reported }) =>
      assetBalanceRecord.key({ username, asset_id: reported.asset_id }),
    );
    await lookups.ask({
      keys: [balanceRecord.key({ username }), ...holdingKeys],
      check([balanceItem, ...items]) {
        const balance = readAs('balance', balanceItem);
        const aboutHoldings = holdingKeys.flatMap((holdingKey, position): Violation[] => {
          const last = lastReports[position];
          const holding = readAs('holding', items[position]);
          if (!last || holding === 'unreadable') return [];
          const against = { holding: holding === 'absent' ? undefined : holding, holdingKey };
          return checkReportedHolding(last.key, last.reported, against);
        });
        if (balance === 'unreadable') return aboutHoldings;
        const stored = balance === 'absent' ? undefined : balance;
        return [...checkEventsEnd(end, stored, keptSince), ...aboutHoldings];
      },
    });
  }

  async function lookUpLastEvent(balance: StoredOf<'balance'>): Promise<void> {
    if (!requiresLastEvent(balance, keptSince)) return;
    const { username, event_seq: seq } = balance.entity;
    await lookups.ask({
      keys: [liveEventRecord.key({ username, seq })],
      check: ([item]) => (item ? [] : missingEvent(username, seq)),
    });
  }

  return {
    async visit(key, reading) {
      if (reading.outcome === 'read' && reading.stored.kind === 'balance')
        await lookUpLastEvent(reading.stored);
      const username = eventOwnerOf(key);
      if (current && current.pk !== key.pk) {
        await finishUser(current);
        current = undefined;
      }
      if (username === undefined) return;
      if (reading.outcome !== 'read') current = afterUnreadable(current, key, username);
      else if (reading.stored.kind === 'event') {
        const event = reading.stored;
        if (current) {
          const before: EventBefore = { seq: current.lastSeq, occurredAt: current.lastAt };
          findings.add(checkNextEvent(before, event, keptSince));
        }
        current = afterEvent(current, event, { username, keptSince });
      }
    },
    async end() {
      if (current) await finishUser(current);
      current = undefined;
    },
  };
}

function afterEvent(
  before: UserEvents | undefined,
  { key, entity }: StoredOf<'event'>,
  { username, keptSince }: { readonly username: Username; readonly keptSince: IsoTime },
): UserEvents {
  const { seq, occurred_at, data } = entity;
  const holdings =
    before?.holdings ?? new Map<string, { readonly key: ItemKey; readonly reported: Reported }>();
  // A later event about the same holding may be deleted before this one once both are old.
  if (data.holding && occurred_at >= keptSince)
    holdings.set(data.holding.asset_id, { key, reported: data.holding });
  const wallets =
    before?.wallets ?? new Map<string, { readonly key: ItemKey; readonly reported: ReportedWallet }>();
  for (const wallet of occurred_at >= keptSince ? (data.wallets ?? []) : [])
    wallets.set(wallet.currency, { key, reported: wallet });
  return {
    ...sequenceUpTo(before, { key, username, seq }),
    lastAt: occurred_at,
    balance: data.balance,
    holdings,
    wallets,
  };
}

/** Counts an event that cannot be read: its number is in its key. The figures that it reported are unknown. */
function afterUnreadable(before: UserEvents | undefined, key: ItemKey, username: Username): UserEvents {
  return {
    ...sequenceUpTo(before, { key, username, seq: Number(key.sk) }),
    lastAt: undefined,
    balance: undefined,
    holdings: new Map(),
    wallets: new Map(),
  };
}

function sequenceUpTo(
  before: UserEvents | undefined,
  { key, username, seq }: { readonly key: ItemKey; readonly username: Username; readonly seq: number },
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
