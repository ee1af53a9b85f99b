import type { Username } from '../../core/brands.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { TaxMethod } from '../../entities/user/tax-method.ts';
import { taxMethodSchema } from '../../entities/user/tax-method.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** The record of the method that a user chose for the lots of a year. */
export const taxMethodRecord = defineRecord<TaxMethod, Pick<TaxMethod, 'username' | 'year'>>({
  table: 'users',
  schema: taxMethodSchema,
  key: ({ username, year }) => ({ pk: username, sk: KEYS.users.taxMethod.skPrefix + String(year) }),
});

/** Reads all choices of a user, by year. */
export async function readTaxMethods(store: TableStore, username: Username): Promise<TaxMethod[]> {
  return readAll(
    store,
    { table: 'users', pk: username, sk: { prefix: KEYS.users.taxMethod.skPrefix }, order: 'ascending' },
    taxMethodRecord.read,
  );
}
