import { InternalError } from '@cnop/exception/errors';
import type { z } from 'zod';
import type { Attributes, IndexEntry, Item, ItemKey, Write } from '../database/table-store.ts';
import type { IndexName, TableName } from '../database/tables.ts';

/** How one kind of entity is stored: its key, its places in indexes, and its way in and out of attributes. */
export interface RecordDefinition<Entity extends object, Identity> {
  readonly table: TableName;
  readonly schema: z.ZodType<Entity> & { readonly shape: Readonly<Record<string, unknown>> };
  readonly key: (identity: Identity) => { readonly pk: string; readonly sk: string };
  readonly indexes?: (entity: Entity) => Partial<Record<IndexName, IndexEntry>>;
  /** Absent, or undefined for one entity: kept for ever. */
  readonly expiresAtEpochSeconds?: (entity: Entity) => number | undefined;
}

export interface EntityRecord<Entity, Identity> {
  key(identity: Identity): ItemKey;
  /** The entity that an item holds. */
  read(item: Item): Entity;
  /**
   * The same, believing nothing; for audits.
   * @throws InternalError when the item does not fit the schema
   */
  parse(item: Item): Entity;
  readIfPresent(item: Item | undefined): Entity | undefined;
  create(entity: Entity): Write;
  /** The item must be among the reads of its transaction. */
  replace(entity: Entity): Write;
}

/**
 * Makes the record of an entity whose identity is among its own fields.
 *
 * What is stored was an entity when it was written, so an item with all fields is taken at its word: parsing it again
 * would cost ten times the read itself. An item that lacks a field was written by an earlier version and goes through
 * the schema, which knows the defaults. `cnop verify` parses everything.
 */
export function defineRecord<Entity extends Identity & object, Identity>(
  definition: RecordDefinition<Entity, Identity>,
): EntityRecord<Entity, Identity> {
  const { table, schema } = definition;
  const fields = Object.keys(schema.shape);
  const key = (identity: Identity): ItemKey => ({ table, ...definition.key(identity) });
  const write = (kind: 'create' | 'replace', entity: Entity): Write => {
    const expiresAtEpochSeconds = definition.expiresAtEpochSeconds?.(entity);
    return {
      kind,
      key: key(entity),
      // Not a copy: nobody changes an entity.
      attributes: entity as Attributes & Entity,
      ...(definition.indexes && { indexes: definition.indexes(entity) }),
      ...(expiresAtEpochSeconds !== undefined && { expiresAtEpochSeconds }),
    };
  };
  const isComplete = (attributes: Attributes): attributes is Attributes & Entity =>
    fields.every((field) => field in attributes);
  const parse = (item: Item): Entity => {
    const parsed = schema.safeParse(item.attributes);
    if (parsed.success) return parsed.data;
    const { pk, sk } = item.key;
    throw new InternalError(
      new Error(`stored item is not valid: ${table} ${pk} ${sk}`, { cause: parsed.error }),
    );
  };
  const read = (item: Item): Entity => (isComplete(item.attributes) ? item.attributes : parse(item));
  return {
    key,
    read,
    parse,
    readIfPresent: (item) => item && read(item),
    create: (entity) => write('create', entity),
    replace: (entity) => write('replace', entity),
  };
}
