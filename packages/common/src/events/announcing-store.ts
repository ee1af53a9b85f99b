import { isAssetKey } from '../dao/inventory/asset-dao.ts';
import { eventOwnerOf } from '../dao/user/live-event-dao.ts';
import type { Decision, ReadItems, Reads, TableStore, Write } from '../database/table-store.ts';
import type { MessageBus } from '../messaging/message-bus.ts';

/** On it go the names of users whose sequence of events has grown. */
export const EVENTS_CHANNEL = 'events';
/** On it go the ids of assets that have changed. */
export const ASSETS_CHANNEL = 'assets';

/**
 * Makes a store say on the bus whose events it has just committed, so that live streams look at once, and which assets,
 * so that nobody goes on with an old reading. It is the one place that does: a use case writes its event like any other
 * item and cannot forget to announce it.
 */
export function announceChanges(store: TableStore, bus: Pick<MessageBus, 'publish'>): TableStore {
  return {
    ...store,
    async transact<R extends Reads, T>(reads: R, decide: (items: ReadItems<R>) => Decision<T>): Promise<T> {
      // A decision may run more than once; the last one is the one that was committed.
      let writes: readonly Write[] = [];
      const result = await store.transact(reads, (items) => {
        const decision = decide(items);
        writes = decision.writes;
        return decision;
      });
      announce(writes, bus);
      return result;
    },
  };
}

/** Most commits have one event or none, so a name that comes twice is not worth looking for. */
function announce(writes: readonly Write[], bus: Pick<MessageBus, 'publish'>): void {
  for (const { key } of writes) {
    const username = eventOwnerOf(key);
    if (username !== undefined) bus.publish(EVENTS_CHANNEL, username);
    else if (isAssetKey(key)) bus.publish(ASSETS_CHANNEL, key.pk);
  }
}
