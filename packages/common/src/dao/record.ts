import { InternalError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { Attributes, IndexEntry, Item, ItemKey, Write } from '../database/table-store.ts';
import type { IndexName, TableName } from '../database/tables.ts';

/** The stored form of one kind of entity: its key, its index entries, its schema and its expiry. */
export interface RecordDefinition<Entity extends object, Identity> {
  readonly table: TableName;
  readonly schema: z.ZodType<Entity> & { readonly shape: Readonly<Record<string, unknown>> };
  readonly key: (identity: Identity) => { readonly pk: string; readonly sk: string };
  readonly indexes?: (entity: Entity) => Partial<Record<IndexName, IndexEntry>>;
  /**
   * Set when the schema reads an absent field as null, for entities that are just above the KB that one write unit of
   * DynamoDB pays for.
   * @see docs/adr/0048-an-answer-fits-into-one-unit.md
   */
  readonly absentIsNull?: true;
  /** Adds what an item of an earlier version lacks and no default of the schema can say. It may be invalid. */
  readonly complete?: (attributes: Attributes) => Attributes;
  /** The time when the store deletes an entity; when absent or undefined, it is kept for ever. */
  readonly expiresAtEpochSeconds?: (entity: Entity) => number | undefined;
}

/** Converts between entities of one kind and items of the store. */
export interface EntityRecord<Entity, Identity> {
  /** Returns the key of an entity. */
  key(identity: Identity): ItemKey;
  /**
   * Returns the entity of an item. Trusts a complete item.
   * @throws InternalError when an item that lacks a field does not fit the schema
   */
  read(item: Item): Entity;
  /**
   * Returns the entity of an item after validating it, for audits.
   * @throws InternalError when the item does not fit the schema
   */
  parse(item: Item): Entity;
  /** Returns the entity of an item; undefined without one. */
  readIfPresent(item: Item | undefined): Entity | undefined;
  /** Returns the write of a new item. */
  create(entity: Entity): Write;
  /** Returns the write of an existing item, which must be among the reads of the transaction. */
  replace(entity: Entity): Write;
}

/**
 * Defines the record of an entity whose identity is among its own fields.
 *
 * Items are valid when they are written, so `read` trusts an item with all fields: parsing takes ten times as long as the
 * read itself. An item that lacks a field was written by an earlier version, or by a store that leaves out nulls, and is
 * parsed by the schema, which adds the defaults. `cnop verify` parses every item. An optional field without a default may
 * be absent from a complete item: what few items have costs the others nothing.
 */
export function defineRecord<Entity extends Identity & object, Identity>(
  definition: RecordDefinition<Entity, Identity>,
): EntityRecord<Entity, Identity> {
  const { table, schema } = definition;
  const fields = Object.entries(schema.shape).flatMap(([field, type]) =>
    type instanceof z.ZodOptional || type instanceof z.ZodExactOptional ? [] : [field],
  );
  const key = (identity: Identity): ItemKey => ({ table, ...definition.key(identity) });
  const write = (kind: 'create' | 'replace', entity: Entity): Write => {
    const expiresAtEpochSeconds = definition.expiresAtEpochSeconds?.(entity);
    return {
      kind,
      key: key(entity),
      // Entities are immutable, so this need not be a copy.
      attributes: entity as Attributes & Entity,
      ...(definition.absentIsNull && { absentIsNull: true }),
      ...(definition.indexes && { indexes: definition.indexes(entity) }),
      ...(expiresAtEpochSeconds !== undefined && { expiresAtEpochSeconds }),
    };
  };
  const isComplete = (attributes: Attributes): attributes is Attributes & Entity =>
    fields.every((field) => field in attributes);
  const parse = (item: Item): Entity => {
    const { attributes } = item;
    const isEarlier = definition.complete && !isComplete(attributes);
    const parsed = schema.safeParse(isEarlier ? definition.complete(attributes) : attributes);
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
