import { z } from 'zod';
import { eventIdSchema, timestampSchema, usernameSchema } from '../fields.ts';

/** The types of security events. */
export const AUDIT_EVENT_TYPES = [
  'sign_up',
  'login',
  'login_failure',
  'lockout',
  'logout',
  'session_reuse',
  'password_change',
  'email_change',
  'role_change',
  'status_change',
  'admin_action',
] as const;
export type AuditEventType = (typeof AUDIT_EVENT_TYPES)[number];

/**
 * The subject of a failed sign-in with an unknown username. The typed text is not recorded, since it is often a password
 * in the wrong field. No username has this form.
 */
export const UNKNOWN_SUBJECT = '(unknown)';

/** The subject of an event that concerns no user, such as a rotation of the signing keys. No username has this form. */
export const PLATFORM_SUBJECT = '(platform)';

export const MAX_USER_AGENT_LENGTH = 256;
export const MAX_REQUEST_ID_LENGTH = 100;
export const MAX_DETAIL_NAME_LENGTH = 50;
export const MAX_DETAIL_VALUE_LENGTH = 200;

export const MAX_CHANGES = 30;

/** A field changed by an event. `before` is null when it had no value, `after` when it was emptied. */
const auditChangeSchema = z.object({
  field: z.string().min(1).max(MAX_DETAIL_NAME_LENGTH),
  before: z.string().max(MAX_DETAIL_VALUE_LENGTH).nullable(),
  after: z.string().max(MAX_DETAIL_VALUE_LENGTH).nullable(),
});
export type AuditChange = z.infer<typeof auditChangeSchema>;

export const addressSchema = z.union([z.ipv4(), z.ipv6()]);
/** The user of an event, or a text in place of one. */
export const auditSubjectSchema = z.union([z.enum([UNKNOWN_SUBJECT, PLATFORM_SUBJECT]), usernameSchema]);

/** A security event as it is stored. */
export const auditEventSchema = z.object({
  event_id: eventIdSchema,
  event_type: z.enum(AUDIT_EVENT_TYPES),
  /** The user whom the event concerns. */
  username: auditSubjectSchema,
  /** The user who acted; null for a request without a session. */
  actor: usernameSchema.nullable(),
  address: addressSchema.nullable(),
  user_agent: z.string().max(MAX_USER_AGENT_LENGTH).nullable(),
  request_id: z.string().max(MAX_REQUEST_ID_LENGTH).nullable(),
  detail: z.record(z.string().max(MAX_DETAIL_NAME_LENGTH), z.string().max(MAX_DETAIL_VALUE_LENGTH)),
  /** The changed fields. */
  changes: z.array(auditChangeSchema).max(MAX_CHANGES).default([]),
  occurred_at: timestampSchema,
});
export type AuditEvent = z.infer<typeof auditEventSchema>;
