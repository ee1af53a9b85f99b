import { z } from 'zod';
import { idSchema, timestampSchema, usernameSchema } from '../fields.ts';

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
 * The subject of a failed sign-in for a username that does not exist. What was typed is not recorded: it is often a
 * password in the wrong field. No username can be this.
 */
export const UNKNOWN_SUBJECT = '(unknown)';

export const MAX_USER_AGENT_LENGTH = 256;
export const MAX_REQUEST_ID_LENGTH = 100;
export const MAX_DETAIL_NAME_LENGTH = 50;
export const MAX_DETAIL_VALUE_LENGTH = 200;

export const MAX_CHANGES = 30;

/** One field that an event changed. Null before: it did not exist; null after: it was emptied. */
const auditChangeSchema = z.object({
  field: z.string().min(1).max(MAX_DETAIL_NAME_LENGTH),
  before: z.string().max(MAX_DETAIL_VALUE_LENGTH).nullable(),
  after: z.string().max(MAX_DETAIL_VALUE_LENGTH).nullable(),
});
export type AuditChange = z.infer<typeof auditChangeSchema>;

export const addressSchema = z.union([z.ipv4(), z.ipv6()]);
const subjectSchema = z.union([z.literal(UNKNOWN_SUBJECT), usernameSchema]);

/** One security event as it is stored. */
export const auditEventSchema = z.object({
  event_id: idSchema,
  event_type: z.enum(AUDIT_EVENT_TYPES),
  /** Whom it happened to. */
  username: subjectSchema,
  /** Who did it; null when nobody was signed in. */
  actor: usernameSchema.nullable(),
  address: addressSchema.nullable(),
  user_agent: z.string().max(MAX_USER_AGENT_LENGTH).nullable(),
  request_id: z.string().max(MAX_REQUEST_ID_LENGTH).nullable(),
  detail: z.record(z.string().max(MAX_DETAIL_NAME_LENGTH), z.string().max(MAX_DETAIL_VALUE_LENGTH)),
  /** The fields that the event changed, with their values before and after. */
  changes: z.array(auditChangeSchema).max(MAX_CHANGES).default([]),
  occurred_at: timestampSchema,
});
export type AuditEvent = z.infer<typeof auditEventSchema>;
