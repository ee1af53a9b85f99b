import { z } from 'zod';
import { KEYS } from '../../database/tables.ts';
import { timestampSchema } from '../../entities/fields.ts';
import { defineRecord } from '../record.ts';

const schemaVersionSchema = z.object({
  /** The version of the last migration that is completed. */
  schema_version: z.int().min(1),
  /** The oldest schema version whose code can work on the data. */
  readable_from: z.int().min(1),
  /** The migration that is running or was interrupted, and the last item of its completed batches. */
  running: z
    .object({ version: z.int().min(1), after: z.object({ pk: z.string(), sk: z.string() }) })
    .nullable(),
  updated_at: timestampSchema,
});
export type StoredSchemaVersion = z.infer<typeof schemaVersionSchema>;

/** The schema version of a store: one item. `database/schema-version.ts` reads it as well. */
export const schemaVersionRecord = defineRecord<StoredSchemaVersion, object>({
  table: 'users',
  schema: schemaVersionSchema,
  key: () => KEYS.users.schema,
});

const upgradeSchema = z.object({ name: z.enum(['trading-blocks']), done_at: timestampSchema });
type Upgrade = z.infer<typeof upgradeSchema>;

/** A completed upgrade of a store of schema version 1. Later versions record their migrations in the schema version. */
export const upgradeRecord = defineRecord<Upgrade, Pick<Upgrade, 'name'>>({
  table: 'users',
  schema: upgradeSchema,
  key: ({ name }) => ({ pk: KEYS.users.upgrade.pk, sk: name }),
});
