import type { EventId, Username } from '../core/brands.ts';
import { isoTime } from '../core/brands.ts';
import type { AuditChange, AuditEvent, AuditEventType } from '../entities/user/audit-event.ts';
import {
  addressSchema,
  auditEventSchema,
  MAX_CHANGES,
  MAX_DETAIL_NAME_LENGTH,
  MAX_DETAIL_VALUE_LENGTH,
  MAX_REQUEST_ID_LENGTH,
  MAX_USER_AGENT_LENGTH,
} from '../entities/user/audit-event.ts';

const MAX_DETAIL_ENTRIES = 10;
const REMOVED = '[removed]';

/** The facts of an event that a use case knows. */
export interface AuditInput {
  readonly type: AuditEventType;
  readonly username: AuditEvent['username'];
  readonly actor?: Username | null | undefined;
  readonly address?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
  readonly requestId?: string | null | undefined;
  /** Up to 10 short facts, such as `{ from: 'customer', to: 'moderator' }`. Never a secret. */
  readonly detail?: Readonly<Record<string, string>> | undefined;
  /** The fields that the event changes, with their values before and after. Never a secret. */
  readonly changes?: readonly AuditChange[] | undefined;
}

/**
 * Builds an event that is safe to store: texts are cut to their limits, and anything that looks like a password, a
 * token, a hash or an e-mail address is removed.
 */
export function auditEventOf(input: AuditInput, id: EventId, occurredAt: Date): AuditEvent {
  return auditEventSchema.parse({
    event_id: id,
    event_type: input.type,
    username: input.username,
    actor: input.actor ?? null,
    // An invalid address is dropped, so that the event is not lost.
    address: addressSchema.safeParse(input.address).data ?? null,
    user_agent: cleanOrNull(input.userAgent, MAX_USER_AGENT_LENGTH),
    request_id: cleanOrNull(input.requestId, MAX_REQUEST_ID_LENGTH),
    detail: cleanDetail(input.detail ?? {}),
    changes: cleanChanges(input.changes ?? []),
    occurred_at: isoTime(occurredAt),
  });
}

const SECRET_NAME_PATTERN = /password|secret|token|hash|authorization|cookie/i;
const EMAIL_PATTERN = /[^\s@<>"']+@[^\s@<>"']+/g;
const TOKEN_PATTERN = /eyJ[\w-]{5,}\.[\w-]+(?:\.[\w-]*)?/g;
const BCRYPT_PATTERN = /\$2[abxy]\$\d\d\$[./A-Za-z0-9]+/g;
const UNPRINTABLE_PATTERN = /[\p{Cc}\p{Cs}]/gu;

function cleanDetail(detail: Readonly<Record<string, string>>): Record<string, string> {
  const entries = Object.entries(detail).slice(0, MAX_DETAIL_ENTRIES);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name.slice(0, MAX_DETAIL_NAME_LENGTH),
      SECRET_NAME_PATTERN.test(name) ? REMOVED : clean(value, MAX_DETAIL_VALUE_LENGTH),
    ]),
  );
}

/** Returns the event with changes that only the decision of a transaction knows. */
export function withChanges(event: AuditEvent, changes: readonly AuditChange[]): AuditEvent {
  return { ...event, changes: cleanChanges(changes) };
}

function cleanChanges(changes: readonly AuditChange[]): AuditChange[] {
  return changes.slice(0, MAX_CHANGES).map(({ field, before, after }) => {
    const cleanValue = (value: string | null) =>
      value === null || !SECRET_NAME_PATTERN.test(field)
        ? value && clean(value, MAX_DETAIL_VALUE_LENGTH)
        : REMOVED;
    return {
      field: field.slice(0, MAX_DETAIL_NAME_LENGTH),
      before: cleanValue(before),
      after: cleanValue(after),
    };
  });
}

function cleanOrNull(text: string | null | undefined, maxLength: number): string | null {
  return text ? clean(text, maxLength) : null;
}

function clean(text: string, maxLength: number): string {
  return text
    .replaceAll(TOKEN_PATTERN, REMOVED)
    .replaceAll(BCRYPT_PATTERN, REMOVED)
    .replaceAll(EMAIL_PATTERN, REMOVED)
    .slice(0, maxLength)
    .replaceAll(UNPRINTABLE_PATTERN, '?');
}
