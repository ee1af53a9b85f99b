import type { AirdropId } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { Airdrop, AirdropPart, AirdropRecipient, AirdropResult } from '../../entities/asset/airdrop.ts';
import {
  airdropPartSchema,
  airdropResultSchema,
  airdropSchema,
  RECIPIENTS_PER_PART,
} from '../../entities/asset/airdrop.ts';
import { readAll, readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

/** Digits of the number of a part or of a recipient in a sort key. */
const NUMBER_DIGITS = 6;

export const airdropRecord = defineRecord<Airdrop, Pick<Airdrop, 'airdrop_id'>>({
  table: 'users',
  schema: airdropSchema,
  key: ({ airdrop_id }) => ({ pk: KEYS.users.airdrop.pk, sk: airdrop_id }),
});

export const airdropPartRecord = defineRecord<AirdropPart, Pick<AirdropPart, 'airdrop_id' | 'part'>>({
  table: 'users',
  schema: airdropPartSchema,
  key: ({ airdrop_id, part }) => ({
    pk: KEYS.users.airdropPart.pkPrefix + airdrop_id,
    sk: KEYS.users.airdropPart.skPrefix + sortable(part),
  }),
});

export const airdropResultRecord = defineRecord<
  AirdropResult,
  Pick<AirdropResult, 'airdrop_id' | 'position'>
>({
  table: 'users',
  schema: airdropResultSchema,
  key: ({ airdrop_id, position }) => ({
    pk: KEYS.users.airdropResult.pkPrefix + airdrop_id,
    sk: KEYS.users.airdropResult.skPrefix + sortable(position),
  }),
});

function sortable(number: number): string {
  return String(number).padStart(NUMBER_DIGITS, '0');
}

/** Divides recipients into the parts that are stored. */
export function partsOf(airdrop_id: AirdropId, recipients: readonly AirdropRecipient[]): AirdropPart[] {
  const count = Math.ceil(recipients.length / RECIPIENTS_PER_PART);
  return Array.from({ length: count }, (_, part) => ({
    airdrop_id,
    part,
    recipients: recipients.slice(part * RECIPIENTS_PER_PART, (part + 1) * RECIPIENTS_PER_PART),
  }));
}

export type AirdropDao = ReturnType<typeof createAirdropDao>;

/** Creates the DAO of airdrops. It only reads: they change in commits of the use cases. */
export function createAirdropDao(store: TableStore) {
  return {
    /** Returns an airdrop; undefined when it does not exist. */
    async getAirdrop(airdrop_id: AirdropId): Promise<Airdrop | undefined> {
      return airdropRecord.readIfPresent(await store.get(airdropRecord.key({ airdrop_id })));
    },

    /** Lists airdrops, newest first. */
    async getAirdrops(page: PageRequest): Promise<Page<Airdrop>> {
      const query = { table: 'users', pk: KEYS.users.airdrop.pk, order: 'descending' } as const;
      return readPage(store, query, page, airdropRecord.read);
    },

    /** Returns one part of the recipients; undefined when it does not exist. */
    async getPart(airdrop_id: AirdropId, part: number): Promise<AirdropPart | undefined> {
      return airdropPartRecord.readIfPresent(await store.get(airdropPartRecord.key({ airdrop_id, part })));
    },

    /** Returns all recipients, in their order. */
    async getRecipients(airdrop_id: AirdropId): Promise<AirdropRecipient[]> {
      const { pkPrefix, skPrefix } = KEYS.users.airdropPart;
      const query = {
        table: 'users',
        pk: pkPrefix + airdrop_id,
        sk: { prefix: skPrefix },
        order: 'ascending',
      } as const;
      return (await readAll(store, query, airdropPartRecord.read)).flatMap(({ recipients }) => recipients);
    },

    /** Returns what became of each recipient that was handled, in their order. */
    async getResults(airdrop_id: AirdropId): Promise<AirdropResult[]> {
      const { pkPrefix, skPrefix } = KEYS.users.airdropResult;
      const query = {
        table: 'users',
        pk: pkPrefix + airdrop_id,
        sk: { prefix: skPrefix },
        order: 'ascending',
      } as const;
      return readAll(store, query, airdropResultRecord.read);
    },
  };
}
