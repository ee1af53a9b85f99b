import { usernameSchema } from '@cnop/common/entities/fields';
import { UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { useState } from 'react';
import type { AuditScope } from '../../../api/admin/audit-events.ts';
import { timeZoneName } from '../../../format/times.ts';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { AuditDay } from './audit-day.tsx';
import { dayOf } from './audit-days.ts';
import { AuditEvents } from './audit-events.tsx';
import type { AuditSearch } from './audit-search.ts';
import { AuditUser } from './audit-user.tsx';

const WAYS = [
  { value: 'day', label: 'A day' },
  { value: 'user', label: 'A user' },
] as const;

export interface AuditLogProps {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** What happened that matters for security: everything of one day, or everything of one user. */
export function AuditLog({ search, onSearch }: AuditLogProps) {
  const { by, user } = search;
  const [today] = useState(() => dayOf(new Date()));
  const day = search.day ?? today;
  const scope: AuditScope | undefined =
    by !== 'user' ? { day } : isSubject(user) ? { username: user } : undefined;
  return (
    <section aria-label="Security events" className="card">
      <div className="flex flex-wrap items-start gap-3 border-b border-line p-3">
        <Segmented
          label="Show the log of"
          className={by === 'user' ? 'sm:pt-6' : ''}
          options={WAYS}
          value={by ?? 'day'}
          onChange={(way) => onSearch(way === 'user' ? { by: 'user' } : {})}
        />
        {by === 'user' ? (
          <AuditUser
            key={user}
            username={user ?? ''}
            onChange={(username) => onSearch({ by: 'user', user: username })}
          />
        ) : (
          <AuditDay
            day={day}
            today={today}
            onChange={(next) => onSearch(next === today ? {} : { day: next })}
          />
        )}
      </div>
      <p className="border-b border-line px-4 py-2 text-xs text-faint">
        {by !== 'user' && 'A day is counted in UTC. '}Times are in {timeZoneName()}.
      </p>
      {scope ? (
        <AuditEvents key={JSON.stringify(scope)} scope={scope} />
      ) : (
        <EmptyState title="Whose log?">Enter a username to see what happened to that account.</EmptyState>
      )}
    </section>
  );
}

function isSubject(user: string | undefined): user is string {
  return user === UNKNOWN_SUBJECT || usernameSchema.safeParse(user).success;
}
