import type { Username } from '../../core/brands.ts';
import { knownUsername } from '../../core/brands.ts';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { Page } from '../../core/pagination.ts';
import type { ItemKey, TableStore } from '../../database/table-store.ts';
import { KEYS, sortableSeq } from '../../database/tables.ts';
import type { LiveEvent } from '../../entities/user/live-event.ts';
import { EVENT_RETENTION_SECONDS, liveEventSchema } from '../../entities/user/live-event.ts';
import { defineRecord } from '../record.ts';

const EVENT_PREFIX = KEYS.users.event.pkPrefix;

type LiveEventIdentity = Pick<LiveEvent, 'username' | 'seq'>;

export const liveEventRecord = defineRecord<LiveEvent, LiveEventIdentity>({
  table: 'users',
  schema: liveEventSchema,
  key: ({ username, seq }) => ({ pk: EVENT_PREFIX + username, sk: sortableSeq(seq) }),
  expiresAtEpochSeconds: ({ occurred_at }) =>
    epochSeconds(addSeconds(new Date(occurred_at), EVENT_RETENTION_SECONDS)),
});

/** Returns the user whose event has a key; undefined for the key of another item. */
export function eventOwnerOf({ table, pk }: ItemKey): Username | undefined {
  return table === 'users' && pk.startsWith(EVENT_PREFIX)
    ? knownUsername(pk.slice(EVENT_PREFIX.length))
    : undefined;
}

export type LiveEventDao = ReturnType<typeof createLiveEventDao>;

/** Creates the DAO of events. */
export function createLiveEventDao(store: TableStore) {
  return {
    /** Returns an event; undefined when it does not exist. */
    async getEvent(identity: LiveEventIdentity): Promise<LiveEvent | undefined> {
      return liveEventRecord.readIfPresent(await store.get(liveEventRecord.key(identity)));
    },

    /** Returns the events after a `seq`, oldest first, including expired ones that are not deleted yet. */
    async getEventsAfter(username: Username, seq: number, limit: number): Promise<Page<LiveEvent>> {
      const found = await store.query({
        table: 'users',
        pk: EVENT_PREFIX + username,
        sk: { from: sortableSeq(seq + 1) },
        order: 'ascending',
        limit,
      });
      return { items: found.items.map(liveEventRecord.read), next: found.next };
    },
  };
}
