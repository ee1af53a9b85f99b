import { MILLISECONDS_PER_SECOND } from '../core/clock.ts';
import { defineCounter, defineHistogram } from '../core/figures.ts';
import type { Decision, ReadItems, Reads, TableStore, Write } from './table-store.ts';

const observeOperation = defineHistogram({
  name: 'cnop_store_operation_seconds',
  help: 'Time of an operation of the store; of a transaction with its wait, its retries and its flush to disk.',
  labelNames: ['operation'],
  bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});
const countFailure = defineCounter({
  name: 'cnop_store_failures_total',
  help: 'Operations that the store failed, by the class of the error. Refusals of a decision are no failures.',
  labelNames: ['operation', 'error'],
});
const observeCommitSize = defineHistogram({
  name: 'cnop_store_commit_items',
  help: 'Items that a transaction wrote.',
  labelNames: [],
  bounds: [1, 2, 4, 8, 16, 32, 64, 100],
});
const countOrder = defineCounter({
  name: 'cnop_orders_total',
  help: 'Changes of orders: `accepted` as open, or `completed`, `cancelled`, `expired` or `failed`.',
  labelNames: ['type', 'outcome'],
});
const countHold = defineCounter({
  name: 'cnop_holds_total',
  help: 'Holds of cash or units that were made for open orders and that ended with them.',
  labelNames: ['kind', 'change'],
});
const observeTriggerLag = defineHistogram({
  name: 'cnop_trigger_lag_seconds',
  help: 'Time from the quote that triggered an order to its execution.',
  labelNames: [],
  bounds: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
});

type Operation = 'get' | 'batchGet' | 'query' | 'transact';

const SERVER_ERROR_MIN = 500;

/** Wraps a store so that its operations, and the orders that its commits change, are counted. */
export function measureStore(store: TableStore): TableStore {
  return {
    ...store,
    get: (key) => measure('get', () => store.get(key)),
    batchGet: (keys) => measure('batchGet', () => store.batchGet(keys)),
    query: (query) => measure('query', () => store.query(query)),
    async transact<R extends Reads, T>(reads: R, decide: (items: ReadItems<R>) => Decision<T>): Promise<T> {
      let writes: readonly Write[] = [];
      const result = await measure('transact', () =>
        store.transact(reads, (items) => {
          const decision = decide(items);
          writes = decision.writes;
          return decision;
        }),
      );
      if (writes.length > 0) observeCommitSize({}, writes.length);
      for (const write of writes) if (write.key.table === 'orders') noteOrder(write);
      return result;
    },
  };
}

async function measure<T>(operation: Operation, work: () => Promise<T>): Promise<T> {
  const startedAt = performance.now();
  try {
    return await work();
  } catch (error) {
    if (isFailure(error)) countFailure({ operation, error: error.constructor.name }, 1);
    throw error;
  } finally {
    observeOperation({ operation }, (performance.now() - startedAt) / MILLISECONDS_PER_SECOND);
  }
}

function isFailure(error: unknown): error is Error & { readonly status: number } {
  return (
    error instanceof Error &&
    'status' in error &&
    typeof error.status === 'number' &&
    error.status >= SERVER_ERROR_MIN
  );
}

const FINAL: ReadonlySet<unknown> = new Set(['completed', 'cancelled', 'expired', 'failed']);

/** Counts the order of a write. An order that is replaced was open. */
function noteOrder(write: Write): void {
  if (write.kind === 'delete') return;
  const { order_type: type, status, trigger_quote: quote, executed_at: executedAt } = write.attributes;
  if (typeof type !== 'string') return;
  const kind = type.endsWith('buy') ? 'cash' : 'units';
  if (write.kind === 'create' && status === 'queued') {
    countOrder({ type, outcome: 'accepted' });
    countHold({ kind, change: 'held' });
    return;
  }
  if (typeof status !== 'string' || !FINAL.has(status)) return;
  countOrder({ type, outcome: status });
  if (write.kind === 'create') return;
  countHold({ kind, change: 'released' });
  const quotedAt = typeof quote === 'object' && quote !== null && 'at' in quote ? quote.at : undefined;
  if (typeof executedAt !== 'string' || typeof quotedAt !== 'string') return;
  const lagMilliseconds = Date.parse(executedAt) - Date.parse(quotedAt);
  observeTriggerLag({}, Math.max(0, lagMilliseconds) / MILLISECONDS_PER_SECOND);
}
