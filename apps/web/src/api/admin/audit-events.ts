import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import { auditEventSchema } from '@cnop/common/entities/user/audit-event';
import { infiniteQueryOptions } from '@tanstack/react-query';
import { callApi, FIRST_PAGE, pageSchema } from '../http/client.ts';

const answerSchema = pageSchema(auditEventSchema);
const PAGE = '50';

/** The events of all users on one UTC day, such as `2026-01-31`, or of one user on all days. */
export type AuditScope = { readonly day: string } | { readonly username: AuditEvent['username'] };

/** Lists security events, newest first, one page at a time. */
export function auditEventsQuery(scope: AuditScope) {
  return infiniteQueryOptions({
    queryKey: ['admin', 'audit-events', scope],
    queryFn: ({ pageParam, signal }) =>
      callApi({
        path: '/admin/audit-events',
        query: { ...scope, limit: PAGE, cursor: pageParam },
        schema: answerSchema,
        signal,
      }),
    initialPageParam: FIRST_PAGE,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  });
}
