import type { IsoTime } from '../core/brands.ts';
import type { Page, PageRequest } from '../core/pagination.ts';
import type { Item, Query, TableStore } from '../database/table-store.ts';
import { MAX_QUERY_LIMIT } from '../database/table-store.ts';

/** A span of time, both ends inclusive. */
export interface Period {
  readonly from?: IsoTime | undefined;
  readonly to?: IsoTime | undefined;
}

/** Reads one page of a query as entities. Reads and drops the items that an offset skips. */
export async function readPage<Entity>(
  store: TableStore,
  query: Omit<Query, 'limit' | 'after'>,
  page: PageRequest,
  read: (item: Item) => Entity,
): Promise<Page<Entity>> {
  let { after } = page;
  let toSkip = page.offset;
  while (toSkip > 0) {
    const skipped = await store.query({ ...query, limit: Math.min(toSkip, MAX_QUERY_LIMIT), after });
    if (!skipped.next) return { items: [], next: undefined };
    toSkip -= skipped.items.length;
    after = skipped.next;
  }
  const found = await store.query({ ...query, limit: page.limit, after });
  return { items: found.items.map(read), next: found.next };
}

/** Reads all results of a query as entities, for lists that are always short. */
export async function readAll<Entity>(
  store: TableStore,
  query: Omit<Query, 'limit' | 'after'>,
  read: (item: Item) => Entity,
): Promise<Entity[]> {
  const entities: Entity[] = [];
  let after: Query['after'];
  do {
    const page = await store.query({ ...query, limit: MAX_QUERY_LIMIT, after });
    entities.push(...page.items.map(read));
    after = page.next;
  } while (after);
  return entities;
}
