import { auditEventSchema, auditSubjectSchema } from '@cnop/common/entities/user/audit-event';
import { BEARER_SECURITY } from '@cnop/common/http/openapi';
import { pageMembers, pageQuerySchema, pageRequestOf } from '@cnop/common/http/page-query';
import type { ServiceApp } from '@cnop/common/http/service-app';
import { z } from 'zod';
import { listAuditEvents } from '../use-cases/accounts/administer-users.ts';
import type { UserDependencies } from '../use-cases/dependencies.ts';

const DAY_LENGTH = 'YYYY-MM-DD'.length;

const auditQuerySchema = pageQuerySchema
  .omit({ offset: true })
  .extend({
    /**
     * Events of one user; `(unknown)` has the failed sign-ins for unknown usernames, `(platform)` the changes of signing
     * keys.
     */
    username: auditSubjectSchema.optional(),
    /** Events of all users on one day in UTC; today when neither is given. */
    day: z.iso.date().optional(),
  })
  .refine(({ username, day }) => username === undefined || day === undefined, {
    error: 'Give a username or a day, not both.',
    path: ['day'],
  });

const auditResponseSchema = z.object({
  data: z.array(auditEventSchema),
  has_more: z.boolean(),
  next_cursor: z.string().nullable(),
});

/** Adds the route of the audit log. */
export function auditRoutes(app: ServiceApp, deps: UserDependencies): void {
  app.get(
    '/admin/audit-events',
    {
      config: { access: ['admin'] },
      schema: {
        tags: ['administration'],
        summary: 'List security events of a user or a day, newest first',
        security: BEARER_SECURITY,
        querystring: auditQuerySchema,
        response: { 200: auditResponseSchema },
      },
    },
    async (request) => {
      const { username, day = deps.clock.now().toISOString().slice(0, DAY_LENGTH) } = request.query;
      const scope = username === undefined ? { day } : { username };
      const pageRequest = pageRequestOf(request.query, scope);
      const page = await listAuditEvents(deps, { scope, request: pageRequest });
      return { data: [...page.items], ...pageMembers(page, scope) };
    },
  );
}
