import type { Clock } from '../core/clock.ts';
import { addSeconds, epochSeconds } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { Page, Position } from '../core/pagination.ts';
import { defineRecord } from '../dao/record.ts';
import type { Query, TableStore, Write } from '../database/table-store.ts';
import { KEYS, SEPARATOR } from '../database/tables.ts';
import type { AuditEvent } from '../entities/user/audit-event.ts';
import { auditEventSchema } from '../entities/user/audit-event.ts';
import type { AuditInput } from './audit-event.ts';
import { auditEventOf } from './audit-event.ts';

/** Long enough for a yearly review. Without a limit, failed sign-ins would fill the store. */
const AUDIT_RETENTION_DAYS = 400;
const SECONDS_PER_DAY = 24 * 60 * 60;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

type AuditKey = Pick<AuditEvent, 'username' | 'occurred_at' | 'event_id'>;

const sortKeyOf = ({ occurred_at, event_id }: AuditKey): string => occurred_at + SEPARATOR + event_id;

/** Returns the partition of a user in the table, or of a day in the index. */
const partitionOf = (subject: string): string => KEYS.users.auditEvent.pkPrefix + subject;

/** The record of a security event. It expires after 400 days. */
export const auditRecord = defineRecord<AuditEvent, AuditKey>({
  table: 'users',
  schema: auditEventSchema,
  key: (event) => ({ pk: partitionOf(event.username), sk: sortKeyOf(event) }),
  indexes: (event) => ({
    AuditByDayIndex: { pk: partitionOf(event.occurred_at.slice(0, DAY_LENGTH)), sk: sortKeyOf(event) },
  }),
  expiresAtEpochSeconds: ({ occurred_at }) =>
    epochSeconds(addSeconds(new Date(occurred_at), AUDIT_RETENTION_DAYS * SECONDS_PER_DAY)),
});

/** The store of the log, and the sources of the times and ids of events. */
export interface AuditLoggerOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

/** A page of the log. */
export interface AuditPageRequest {
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** The append-only log of security events. Events are never changed; they expire after 400 days. */
export interface AuditLogger {
  /** Builds an event with id and time. Call it before a transaction, since a decision has neither. */
  eventOf(input: AuditInput): AuditEvent;
  /** The write that stores an event, for the very transaction that it is about. */
  writeFor(event: AuditEvent): Write;
  /**
   * Stores an event in a transaction of its own.
   * @throws StoreUnavailableError (503)
   */
  record(input: AuditInput): Promise<AuditEvent>;
  /** Returns the events of a user, newest first. */
  byUser(username: AuditEvent['username'], page: AuditPageRequest): Promise<Page<AuditEvent>>;
  /** Returns the events of all users on a day (`YYYY-MM-DD`, UTC), newest first. */
  byDay(day: string, page: AuditPageRequest): Promise<Page<AuditEvent>>;
}

/** Creates the audit log over a table store. */
export function createAuditLogger({ store, clock, ids }: AuditLoggerOptions): AuditLogger {
  const eventOf = (input: AuditInput): AuditEvent => auditEventOf(input, ids.next(), clock.now());

  async function page(
    query: Pick<Query, 'pk' | 'index'>,
    { limit, after }: AuditPageRequest,
  ): Promise<Page<AuditEvent>> {
    const { items, next } = await store.query({
      table: 'users',
      ...query,
      order: 'descending',
      limit,
      after,
    });
    return { items: items.map((item) => auditRecord.read(item)), next };
  }

  return {
    eventOf,
    writeFor: (event) => auditRecord.create(event),
    async record(input) {
      const event = eventOf(input);
      return store.transact({}, () => ({ writes: [auditRecord.create(event)], result: event }));
    },
    byUser: (username, request) => page({ pk: partitionOf(username) }, request),
    byDay: (day, request) => page({ index: 'AuditByDayIndex', pk: partitionOf(day) }, request),
  };
}
