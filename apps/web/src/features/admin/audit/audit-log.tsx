import { usernameSchema } from '@cnop/common/entities/fields';
import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import { UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import type { AuditScope } from '../../../api/admin/audit-events.ts';
import { timeZoneName } from '../../../format/times.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { TextField } from '../../../ui/field.tsx';
import { Segmented } from '../../../ui/segmented.tsx';
import { EmptyState } from '../../../ui/states.tsx';
import { AuditEvents } from './audit-events.tsx';
import type { AuditSearch } from './audit-search.ts';
import { dayAfter, dayOf } from './audit-search.ts';

const WAYS = [
  { value: 'day', label: 'A day' },
  { value: 'user', label: 'A user' },
] as const;

interface AuditLogProps {
  readonly search: AuditSearch;
  readonly onSearch: (search: AuditSearch) => void;
}

/** The audit log: all security events of one day or of one user. */
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
        <EmptyState title="No user chosen">
          Enter a username to see the security events of that account.
        </EmptyState>
      )}
    </section>
  );
}

function isSubject(user: string | undefined): user is AuditEvent['username'] {
  return user === UNKNOWN_SUBJECT || usernameSchema.safeParse(user).success;
}

interface AuditDayProps {
  readonly day: string;
  readonly today: string;
  readonly onChange: (day: string) => void;
}

/** Chooses a day, in steps or from a calendar. */
function AuditDay({ day, today, onChange }: AuditDayProps) {
  return (
    <div className="flex items-center gap-1">
      <IconButton label="The day before" onClick={() => onChange(dayAfter(day, -1))}>
        <ChevronLeft aria-hidden="true" className="size-4" />
      </IconButton>
      <input
        type="date"
        aria-label="Day, in UTC"
        max={today}
        value={day}
        // A date input is empty while a date is being typed.
        onChange={(event) => event.target.value !== '' && onChange(event.target.value)}
        className="field numeric w-36"
      />
      <IconButton label="The day after" disabled={day >= today} onClick={() => onChange(dayAfter(day, 1))}>
        <ChevronRight aria-hidden="true" className="size-4" />
      </IconButton>
      {day !== today && (
        <Button tone="quiet" onClick={() => onChange(today)}>
          Today
        </Button>
      )}
    </div>
  );
}

const ID = 'audit-username';

interface AuditUserProps {
  readonly username: string;
  readonly onChange: (username: string) => void;
}

/** Chooses the user whose log is shown. Failed sign-ins with unknown usernames are kept under a reserved name. */
function AuditUser({ username, onChange }: AuditUserProps) {
  const [typed, setTyped] = useState(username === UNKNOWN_SUBJECT ? '' : username);
  const [error, setError] = useState<string>();
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const parsed = usernameSchema.safeParse(typed.trim());
    if (parsed.success) return onChange(parsed.data);
    setError('A username has 3 to 50 letters, digits and underscores.');
    document.getElementById(ID)?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="flex grow flex-wrap items-start gap-2">
      <div className="w-full sm:w-56">
        <TextField
          id={ID}
          label="Username"
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={typed}
          error={error}
          onChange={(event) => {
            setTyped(event.target.value);
            setError(undefined);
          }}
        />
      </div>
      <div className="flex flex-wrap gap-2 sm:pt-6">
        <Button type="submit">Show</Button>
        <Button
          tone="quiet"
          aria-pressed={username === UNKNOWN_SUBJECT}
          onClick={() => onChange(UNKNOWN_SUBJECT)}
        >
          Unknown usernames
        </Button>
      </div>
    </form>
  );
}
