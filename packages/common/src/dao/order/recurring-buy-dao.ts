import type { RecurringBuyId, Username } from '../../core/brands.ts';
import { knownRecurringBuyId } from '../../core/brands.ts';
import type { TableStore } from '../../database/table-store.ts';
import { KEYS } from '../../database/tables.ts';
import type { RecurringBuy } from '../../entities/order/recurring-buy.ts';
import { recurringBuySchema } from '../../entities/order/recurring-buy.ts';
import { readAll } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import type { DueWork } from '../schedule/due-work-dao.ts';
import { ownedSubject, readOwnedSubject } from '../schedule/due-work-dao.ts';

/** The user and the id of a recurring buy. */
export type RecurringBuyName = Pick<RecurringBuy, 'username' | 'recurring_buy_id'>;

export const recurringBuyRecord = defineRecord<RecurringBuy, RecurringBuyName>({
  table: 'users',
  schema: recurringBuySchema,
  key: ({ username, recurring_buy_id }) => ({
    pk: username,
    sk: KEYS.users.recurringBuy.skPrefix + recurring_buy_id,
  }),
});

/** Returns the due work of a recurring buy: its next run; undefined while it is paused. */
export function workOf({ username, recurring_buy_id, next_run_at }: RecurringBuy): DueWork | undefined {
  if (next_run_at === null) return undefined;
  const subject = ownedSubject(username, recurring_buy_id);
  return { kind: 'recurring_buy', due_at: next_run_at, subject };
}

/** Returns the recurring buy that due work is about. */
export function recurringBuyOfWork(work: DueWork): RecurringBuyName {
  const { username, id } = readOwnedSubject(work);
  return { username, recurring_buy_id: knownRecurringBuyId(id) };
}

export type RecurringBuyDao = ReturnType<typeof createRecurringBuyDao>;

/** Creates the DAO of recurring buys. They change only with their due work, in commits of the use cases. */
export function createRecurringBuyDao(store: TableStore) {
  return {
    /** Returns a recurring buy of a user; undefined when it does not exist. */
    async getRecurringBuy(username: Username, id: RecurringBuyId): Promise<RecurringBuy | undefined> {
      const key = recurringBuyRecord.key({ username, recurring_buy_id: id });
      return recurringBuyRecord.readIfPresent(await store.get(key));
    },

    /** Lists the recurring buys of a user, the oldest first. */
    async getRecurringBuys(username: Username): Promise<RecurringBuy[]> {
      const sk = { prefix: KEYS.users.recurringBuy.skPrefix };
      return readAll(
        store,
        { table: 'users', pk: username, sk, order: 'ascending' },
        recurringBuyRecord.read,
      );
    },
  };
}
