import { eventOwnerOf } from '../dao/user/live-event-dao.ts';
import type { Decision, ReadItems, Reads, TableStore, Write } from '../database/table-store.ts';
import { isAssetKey } from '../database/tables.ts';
import type { MessageBus } from '../messaging/message-bus.ts';

/** The channel with the names of users who have new events. */
export const EVENTS_CHANNEL = 'events';
/** The channel with the ids of orders that were accepted and are open, for trigger engines that sleep. */
export const OPEN_ORDERS_CHANNEL = 'open-orders';
/** The channel with the ids of changed assets. */
export const ASSETS_CHANNEL = 'assets';

/**
 * Wraps a store so that it publishes each commit of events, assets and open orders on the bus: the names of the users, for
 * live streams, the ids of the assets, for caches to invalidate, and the ids of the orders, for trigger engines to wake. A
 * use case writes its event like any other item and cannot forget to announce it.
 */
export function announceChanges(store: TableStore, bus: Pick<MessageBus, 'publish'>): TableStore {
  return {
    ...store,
    async transact<R extends Reads, T>(reads: R, decide: (items: ReadItems<R>) => Decision<T>): Promise<T> {
      // A decision may run more than once; the last run is committed.
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

/** Publishes the users, assets and open orders of a commit. Most commits have at most one event, so duplicates are not removed. */
function announce(writes: readonly Write[], bus: Pick<MessageBus, 'publish'>): void {
  for (const write of writes) {
    const { key } = write;
    const username = eventOwnerOf(key);
    if (username !== undefined) bus.publish(EVENTS_CHANNEL, username);
    else if (isAssetKey(key)) bus.publish(ASSETS_CHANNEL, key.pk);
    else if (opensOrder(write)) bus.publish(OPEN_ORDERS_CHANNEL, key.pk);
  }
}

function opensOrder(write: Write): boolean {
  return write.kind === 'create' && write.indexes?.TriggerIndex !== undefined;
}
