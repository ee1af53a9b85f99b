import type { Clock } from '../core/clock.ts';
import { addSeconds, epochSeconds } from '../core/clock.ts';
import type { IdSource } from '../core/ids.ts';
import type { Page, Position } from '../core/pagination.ts';
import { defineRecord } from '../dao/record.ts';
import type { Query, TableStore, Write } from '../database/table-store.ts';
import type { AuditEvent } from '../entities/user/audit-event.ts';
import { auditEventSchema } from '../entities/user/audit-event.ts';
import type { AuditInput } from './audit-event.ts';
import { auditEventOf } from './audit-event.ts';

export type { AuditEvent, AuditEventType } from '../entities/user/audit-event.ts';
export type { AuditInput } from './audit-event.ts';

/** Long enough for a yearly review; failed sign-ins would fill the store otherwise. */
const AUDIT_RETENTION_DAYS = 400;
const SECONDS_PER_DAY = 24 * 60 * 60;
const DAY_LENGTH = 'YYYY-MM-DD'.length;

type AuditKey = Pick<AuditEvent, 'username' | 'occurred_at' | 'event_id'>;

const sortKeyOf = ({ occurred_at, event_id }: AuditKey): string => `${occurred_at}#${event_id}`;

/** Of a username in the table, of a day in the index. */
const partitionOf = (subject: string): string => `AUDIT#${subject}`;

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

export interface AuditLoggerOptions {
  readonly store: TableStore;
  readonly clock: Clock;
  readonly ids: IdSource;
}

export interface AuditPageRequest {
  readonly limit: number;
  readonly after?: Position | undefined;
}

/** The append-only log of security events. Events are added and, long after, expire; none is ever changed. */
export interface AuditLogger {
  /** Gives an event its id and its time. Done before a transaction, since a decision has neither. */
  eventOf(input: AuditInput): AuditEvent;
  /** The write that stores an event, for the very transaction that it is about. */
  writeFor(event: AuditEvent): Write;
  /**
   * Stores an event by itself.
   * @throws StoreUnavailableError
   */
  record(input: AuditInput): Promise<AuditEvent>;
  /** Events of one user, newest first. */
  byUser(username: string, page: AuditPageRequest): Promise<Page<AuditEvent>>;
  /** Events of everybody on one day (`YYYY-MM-DD`, UTC), newest first. */
  byDay(day: string, page: AuditPageRequest): Promise<Page<AuditEvent>>;
}

/** Makes the audit log over a table store. */
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
