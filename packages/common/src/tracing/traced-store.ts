import type { Decision, ReadItems, Reads, TableStore } from '../database/table-store.ts';
import type { Span, SpanAttributes } from './tracing.ts';
import { traceStep } from './tracing.ts';

/**
 * Wraps a store so that each operation of a sampled request is a span: reads, queries, and transactions with their
 * commits. A commit span begins at the decision and ends when the writes are on disk, or at the next attempt.
 * @param system the kind of the store: `lmdb` or `dynamodb`
 */
export function traceStore(store: TableStore, system: string): TableStore {
  const attributesOf = (operation: string, more: SpanAttributes = {}): SpanAttributes => ({
    'db.system.name': system,
    'db.operation.name': operation,
    ...more,
  });
  return {
    ...store,
    get: (key) =>
      traceStep(`get ${key.table}`, attributesOf('get', { 'db.collection.name': key.table }), () =>
        store.get(key),
      ),
    batchGet: (keys) =>
      traceStep('batchGet', attributesOf('batchGet', { 'db.operation.batch.size': keys.length }), () =>
        store.batchGet(keys),
      ),
    query: (query) =>
      traceStep(
        `query ${query.table}`,
        attributesOf('query', {
          'db.collection.name': query.table,
          ...(query.index && { 'cnop.store.index': query.index }),
        }),
        async (span) => {
          const page = await store.query(query);
          span?.set({ 'db.response.returned_rows': page.items.length });
          return page;
        },
      ),
    transact: (reads, decide) =>
      traceStep('transact', attributesOf('transact'), (span) =>
        span ? traceCommits(store, { reads, decide, span }) : store.transact(reads, decide),
      ),
  };
}

/** The parts of a transaction and its span. */
interface TracedTransaction<R extends Reads, T> {
  readonly reads: R;
  readonly decide: (items: ReadItems<R>) => Decision<T>;
  readonly span: Span;
}

async function traceCommits<R extends Reads, T>(
  store: TableStore,
  { reads, decide, span }: TracedTransaction<R, T>,
): Promise<T> {
  let commit: Span | undefined;
  let decisions = 0;
  try {
    return await store.transact(reads, (items) => {
      commit?.end();
      decisions += 1;
      const decision = decide(items);
      const writes = decision.writes.length;
      commit = writes > 0 ? span.child('commit', { 'db.operation.batch.size': writes }) : undefined;
      return decision;
    });
  } finally {
    commit?.end();
    span.set({ 'cnop.store.decisions': decisions });
  }
}
