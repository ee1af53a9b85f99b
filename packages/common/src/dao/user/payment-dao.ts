import { z } from 'zod';
import type { PaymentId, Username } from '../../core/brands.ts';
import { knownPaymentId } from '../../core/brands.ts';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import type { ItemKey, TableStore, Write } from '../../database/table-store.ts';
import { KEYS, SEPARATOR } from '../../database/tables.ts';
import { paymentIdSchema, timestampSchema, usernameSchema } from '../../entities/fields.ts';
import type { FundingDay, Payment, PaymentStatus, PaymentWait } from '../../entities/user/payment.ts';
import { fundingDaySchema, paymentSchema, paymentWaitSchema } from '../../entities/user/payment.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';
import type { DueWork } from '../schedule/due-work-dao.ts';
import { doneWork, dueWorkRecord, ownedSubject, readOwnedSubject } from '../schedule/due-work-dao.ts';

/** Longer than a day and any difference of clocks, so that an absent item means that nothing was moved. */
const DAY_RETENTION_SECONDS = 2 * 24 * 60 * 60;

export const paymentRecord = defineRecord<Payment, Pick<Payment, 'username' | 'payment_id'>>({
  table: 'users',
  schema: paymentSchema,
  key: ({ username, payment_id }) => ({ pk: username, sk: KEYS.users.payment.skPrefix + payment_id }),
});

const waitingPaymentSchema = z.object({
  waits_for: paymentWaitSchema,
  since: timestampSchema,
  username: usernameSchema,
  payment_id: paymentIdSchema,
});
export type WaitingPayment = z.infer<typeof waitingPaymentSchema>;

/** A payment that waits for staff or for its provider: these lists need no index, and show how long the oldest waits. */
export const waitingPaymentRecord = defineRecord<WaitingPayment, WaitingPayment>({
  table: 'users',
  schema: waitingPaymentSchema,
  key: ({ waits_for, since, username, payment_id }) => ({
    pk: KEYS.users.waitingPayment.pkPrefix + waits_for,
    sk: [since, username, payment_id].join(SEPARATOR),
  }),
});

/** Returns the payment that due work is about. */
export function paymentOfWork(work: DueWork): Pick<Payment, 'username' | 'payment_id'> {
  const { username, id } = readOwnedSubject(work);
  return { username, payment_id: knownPaymentId(id) };
}

/** The item that says what an open payment waits for: time, staff or the provider. An ended payment has none. */
interface PaymentMarker {
  readonly key: ItemKey;
  readonly create: Write;
  readonly remove: Write;
}

/** Returns the marker of a payment; undefined for one that has ended. */
export function markerOf(payment: Payment): PaymentMarker | undefined {
  const { username, payment_id, status, review, due_at, created_at, updated_at } = payment;
  if (status !== 'pending' && status !== 'processing') return undefined;
  if (due_at !== null) {
    const subject = ownedSubject(username, payment_id);
    const work: DueWork = { kind: 'funding_payment', due_at, subject };
    return { key: dueWorkRecord.key(work), create: dueWorkRecord.create(work), remove: doneWork(work) };
  }
  const waits_for = review?.status === 'awaiting' ? 'review' : 'provider';
  const since = waits_for === 'review' ? created_at : updated_at;
  const waiting: WaitingPayment = { waits_for, since, username, payment_id };
  const key = waitingPaymentRecord.key(waiting);
  return { key, create: waitingPaymentRecord.create(waiting), remove: { kind: 'delete', key } };
}

/** What an account moved on the last day on which the daily limits counted it. */
export const fundingDayRecord = defineRecord<FundingDay, Pick<FundingDay, 'username'>>({
  table: 'users',
  schema: fundingDaySchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.fundingDay.sk }),
  expiresAtEpochSeconds: ({ day }) => epochSeconds(addSeconds(new Date(day), DAY_RETENTION_SECONDS)),
});

export type PaymentDao = ReturnType<typeof createPaymentDao>;

/** Creates the DAO of payments. They change only with the balance, in commits of the use cases. */
export function createPaymentDao(store: TableStore) {
  return {
    /** Returns a payment; undefined when it does not exist. */
    async getPayment(username: Username, payment_id: PaymentId): Promise<Payment | undefined> {
      return paymentRecord.readIfPresent(await store.get(paymentRecord.key({ username, payment_id })));
    },

    /** Lists the payments of a user, newest first. */
    async getPayments(
      username: Username,
      page: PageRequest,
      { status }: { readonly status?: PaymentStatus | undefined } = {},
    ): Promise<Page<Payment>> {
      return readPage(
        store,
        {
          table: 'users',
          pk: username,
          sk: { prefix: KEYS.users.payment.skPrefix },
          order: 'descending',
          ...(status && { where: { status } }),
        },
        page,
        paymentRecord.read,
      );
    },

    /** Lists the payments that wait for staff or for the provider, the longest waiting first. */
    async getWaiting(waitsFor: PaymentWait, page: PageRequest): Promise<Page<WaitingPayment>> {
      const pk = KEYS.users.waitingPayment.pkPrefix + waitsFor;
      return readPage(store, { table: 'users', pk, order: 'ascending' }, page, waitingPaymentRecord.read);
    },

    /** Returns the payments that a list names, without those that are gone. */
    async getAll(names: readonly Pick<Payment, 'username' | 'payment_id'>[]): Promise<Payment[]> {
      const items = await store.batchGet(names.map(paymentRecord.key));
      return items.flatMap((item) => (item ? [paymentRecord.read(item)] : []));
    },

    /** Returns what an account moved on its last counted day; undefined when nothing was counted. */
    async getFundingDay(username: Username): Promise<FundingDay | undefined> {
      return fundingDayRecord.readIfPresent(await store.get(fundingDayRecord.key({ username })));
    },
  };
}
