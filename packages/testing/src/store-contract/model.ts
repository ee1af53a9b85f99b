import { ItemExistsError, StoreUsageError } from '@cnop/common/database/store-errors';
import type {
  AttributeValue,
  Item,
  ItemKey,
  Reads,
  TableStore,
  Write,
} from '@cnop/common/database/table-store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContractContext } from './contract.ts';
import { eventually, freshPk, orderKey } from './contract.ts';

const RUNS = 12;
const MAX_COMMANDS = 20;
const KEYS = ['A', 'AB', 'B', 'é'] as const;
const INDEX_SORT_KEYS = ['1', '10', '2'] as const;

/** The expected content of the store: value, version and index entry of each item, by sort key. */
type Model = Map<string, ModelItem>;
interface ModelItem {
  readonly value: AttributeValue | undefined;
  readonly version: number;
  readonly indexSk: string | undefined;
}

interface PlannedWrite {
  readonly kind: 'create' | 'replace' | 'delete';
  readonly sk: string;
  readonly value: string;
  readonly indexSk: string | undefined;
}

type Command =
  | {
      readonly kind: 'transact';
      readonly reads: readonly string[];
      readonly writes: readonly PlannedWrite[];
      readonly throws: boolean;
    }
  | { readonly kind: 'reopen' };

const plannedWrite = fc.record({
  kind: fc.constantFrom('create' as const, 'replace' as const, 'delete' as const),
  sk: fc.constantFrom(...KEYS),
  value: fc.string({ maxLength: 5, unit: 'grapheme' }),
  indexSk: fc.option(fc.constantFrom(...INDEX_SORT_KEYS), { nil: undefined }),
});

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('transact' as const),
      reads: fc.uniqueArray(fc.constantFrom(...KEYS)),
      writes: fc.uniqueArray(plannedWrite, { maxLength: 3, selector: (write) => write.sk }),
      // Rare, so that most sequences make progress.
      throws: fc.integer({ min: 0, max: 7 }).map((chance) => chance === 0),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: 'reopen' as const }) },
);

const histories = fc.array(command, { minLength: 5, maxLength: MAX_COMMANDS, size: 'max' });

/** Defines the property test of the store against a map, under random commands. */
export function describeModel(context: ContractContext): void {
  describe('model', () => {
    it('the store equals a map after any commands', async () => {
      await fc.assert(
        fc.asyncProperty(histories, async (commands) => {
          const pk = freshPk();
          const model: Model = new Map();
          for (const each of commands) {
            if (each.kind === 'reopen') await context.reopen();
            else await runTransaction(context.store(), pk, model, each);
          }
          await expectSame(context.store(), pk, model);
        }),
        { numRuns: RUNS },
      );
    });
  });
}

class Refusal extends Error {}

async function runTransaction(
  store: TableStore,
  pk: string,
  model: Model,
  { reads, writes, throws }: Extract<Command, { kind: 'transact' }>,
): Promise<void> {
  const readKeys: Reads = Object.fromEntries(reads.map((sk) => [sk, orderKey(pk, sk)]));
  const outcome = store.transact(readKeys, (items) => {
    const seen = reads.map((sk) => toModelItem(items[sk]));
    expect(seen).toEqual(reads.map((sk) => withoutIndex(model.get(sk))));
    if (throws) throw new Refusal();
    return { writes: writes.map((write) => toWrite(orderKey(pk, write.sk), write)), result: 'done' };
  });
  const expected = throws ? Refusal : expectedError(model, reads, writes);
  if (expected) {
    await expect(outcome).rejects.toThrow(expected);
    return;
  }
  expect(await outcome).toBe('done');
  for (const write of writes) applyToModel(model, write);
}

function expectedError(
  model: Model,
  reads: readonly string[],
  writes: readonly PlannedWrite[],
): typeof StoreUsageError | typeof ItemExistsError | undefined {
  if (writes.some((write) => write.kind !== 'create' && !reads.includes(write.sk))) return StoreUsageError;
  if (writes.some((write) => write.kind === 'create' && model.has(write.sk))) return ItemExistsError;
  return undefined;
}

function applyToModel(model: Model, write: PlannedWrite): void {
  if (write.kind === 'delete') {
    model.delete(write.sk);
    return;
  }
  const version = (model.get(write.sk)?.version ?? 0) + 1;
  model.set(write.sk, { value: write.value, version, indexSk: write.indexSk });
}

function toWrite(key: ItemKey, { kind, value, indexSk }: PlannedWrite): Write {
  if (kind === 'delete') return { kind, key };
  return {
    kind,
    key,
    attributes: { value },
    ...(indexSk !== undefined && { indexes: { UserOrdersIndex: { pk: key.pk, sk: indexSk } } }),
  };
}

async function expectSame(store: TableStore, pk: string, model: Model): Promise<void> {
  const items = await store.batchGet(KEYS.map((sk) => orderKey(pk, sk)));
  expect(items.map(toModelItem)).toEqual(KEYS.map((sk) => withoutIndex(model.get(sk))));
  const page = await store.query({ table: 'orders', pk, order: 'descending', limit: 10 });
  expect(page.items.map((item) => item.key.sk)).toEqual(KEYS.filter((sk) => model.has(sk)).toReversed());
  await eventually(async () => {
    const query = {
      table: 'orders',
      index: 'UserOrdersIndex',
      pk,
      order: 'ascending',
      limit: 10,
    } as const;
    const { items: entries } = await store.query(query);
    const indexed = KEYS.flatMap((sk) => ({ sk, ...model.get(sk) })).filter(
      (item) => item.indexSk !== undefined,
    );
    expect(entries.map((item) => item.key.sk).toSorted()).toEqual(indexed.map((item) => item.sk).toSorted());
    const order = entries.map((item) => model.get(item.key.sk)?.indexSk ?? '');
    expect(order).toEqual(order.toSorted());
  });
}

function toModelItem(item: Item | undefined): Omit<ModelItem, 'indexSk'> | undefined {
  return item && { value: item.attributes['value'], version: item.version };
}

function withoutIndex(item: ModelItem | undefined): Omit<ModelItem, 'indexSk'> | undefined {
  return item && { value: item.value, version: item.version };
}
