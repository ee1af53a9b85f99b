import type { AuditEvent, AuditLogger, AuditPageRequest } from '@cnop/common/auth/audit-logger';
import type { Page } from '@cnop/common/core/pagination';

/** Selects the audit events of one user, or of all users on one day (UTC). */
export type AuditScope = { readonly username: string } | { readonly day: string };

/** Returns a page of audit events, newest first. */
export async function listAuditEvents(
  audit: AuditLogger,
  { scope, request }: { readonly scope: AuditScope; readonly request: AuditPageRequest },
): Promise<Page<AuditEvent>> {
  return 'username' in scope ? audit.byUser(scope.username, request) : audit.byDay(scope.day, request);
}
