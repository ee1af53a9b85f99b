import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import { PLATFORM_SUBJECT, UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { AuditScope } from '../../../api/admin/audit-events.ts';
import { auditEventsQuery } from '../../../api/admin/audit-events.ts';
import { MISSING } from '../../../format/numbers.ts';
import { Money } from '../../../ui/amounts.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { EmptyState, ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, ShowMore, Table } from '../../../ui/table.tsx';
import { Time } from '../../../ui/time.tsx';
import type { AuditFact } from './audit-words.ts';
import { auditWords } from './audit-words.ts';

const SKELETON_ROWS = 10;

/** The events of a day or a user, newest first, with the details of one in a drawer. */
export function AuditEvents({ scope }: { readonly scope: AuditScope }) {
  const [shown, setShown] = useState<AuditEvent>();
  const [isOpen, setIsOpen] = useState(false);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(
    auditEventsQuery(scope),
  );
  const events = data?.pages.flatMap((page) => page.data);
  if (!events) {
    return error ? (
      <ErrorState title="The log could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the log" rows={SKELETON_ROWS} />
    );
  }
  if (events.length === 0) {
    return (
      <EmptyState title="No security events" action={<Button onClick={() => void refetch()}>Refresh</Button>}>
        {'day' in scope
          ? 'There are none on this day. Try another day.'
          : 'There are none for this user. Check the username. The log covers the last 400 days.'}
      </EmptyState>
    );
  }
  return (
    <>
      <Table caption="Security events, newest first" head={<Heads />}>
        {events.map((event) => (
          <EventRow
            key={event.event_id}
            event={event}
            onShow={() => {
              setShown(event);
              setIsOpen(true);
            }}
          />
        ))}
      </Table>
      <ShowMore hasMore={hasNextPage} isBusy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
      <Dialog kind="drawer" title="Event" isOpen={isOpen} onClose={() => setIsOpen(false)}>
        {shown && <AuditEventDetails event={shown} />}
      </Dialog>
    </>
  );
}

function Heads() {
  return (
    <>
      <Column>Event</Column>
      <Column className="hidden sm:table-cell">User</Column>
      <Column className="hidden md:table-cell">What</Column>
      <Column className="hidden lg:table-cell">Address</Column>
      <Column isNumeric>When</Column>
    </>
  );
}

function EventRow({ event, onShow }: { readonly event: AuditEvent; readonly onShow: () => void }) {
  const { username, address, occurred_at } = event;
  const { title, tone, facts } = auditWords(event);
  return (
    <Row>
      <RowHead>
        <button
          type="button"
          aria-label={`${title}, ${username}, details`}
          onClick={onShow}
          className="inline-flex min-h-6 items-center rounded text-start hover:underline"
        >
          <Badge tone={tone}>{title}</Badge>
        </button>
        <span className="block sm:hidden">
          <Parties event={event} />
        </span>
      </RowHead>
      <Cell className="hidden sm:table-cell">
        <Parties event={event} />
      </Cell>
      <Cell className="hidden max-w-80 text-muted md:table-cell">
        <AuditFacts facts={facts} />
      </Cell>
      <Cell className="hidden text-muted wrap-anywhere lg:table-cell">{address ?? '—'}</Cell>
      <Cell isNumeric className="text-muted">
        <span className="sm:hidden">
          <Time value={occurred_at} />
        </span>
        <span className="hidden sm:inline">
          <Time value={occurred_at} isExact />
        </span>
      </Cell>
    </Row>
  );
}

/** The texts for events that concern no known user. */
const PLACEHOLDERS = { [UNKNOWN_SUBJECT]: 'Unknown username', [PLATFORM_SUBJECT]: 'The platform' };

function isPlaceholder(username: AuditEvent['username']): username is keyof typeof PLACEHOLDERS {
  return username in PLACEHOLDERS;
}

/** The user an event is about, and the actor if that is another user. */
function Parties({ event: { username, actor } }: { readonly event: AuditEvent }) {
  return (
    <>
      <Subject username={username} />
      {actor !== null && actor !== username && (
        <span className="block text-xs wrap-anywhere text-faint">by {actor}</span>
      )}
    </>
  );
}

function Subject({ username }: { readonly username: AuditEvent['username'] }) {
  if (isPlaceholder(username)) return <span className="text-faint">{PLACEHOLDERS[username]}</span>;
  return (
    <Link
      to="/admin/users/$username"
      params={{ username }}
      className="inline-flex min-h-6 items-center font-medium wrap-anywhere hover:underline"
    >
      {username}
    </Link>
  );
}

/** All stored details of an event. */
function AuditEventDetails({ event }: { readonly event: AuditEvent }) {
  const { username, actor, address, user_agent, request_id, event_id, occurred_at } = event;
  const { title, tone, facts } = auditWords(event);
  return (
    <dl className="grid gap-3">
      <Fact label="Event">
        <Badge tone={tone}>{title}</Badge>
      </Fact>
      <Fact label="When">
        <Time value={occurred_at} isExact />
      </Fact>
      <Fact label="User">{isPlaceholder(username) ? PLACEHOLDERS[username] : username}</Fact>
      <Fact label="Done by">{actor ?? 'Not signed in'}</Fact>
      {facts.length > 0 && (
        <Fact label="What">
          <AuditFacts facts={facts} />
        </Fact>
      )}
      <Fact label="Address">{address ?? MISSING}</Fact>
      <Fact label="Device">{user_agent ?? MISSING}</Fact>
      <Fact label="Request">
        <code className="text-xs">{request_id ?? MISSING}</code>
      </Fact>
      <Fact label="Id">
        <code className="text-xs">{event_id}</code>
      </Fact>
    </dl>
  );
}

/** The facts of an event in one line. */
function AuditFacts({ facts }: { readonly facts: readonly AuditFact[] }) {
  if (facts.length === 0) return <span className="text-faint">—</span>;
  return (
    <span className="flex flex-wrap gap-x-3">
      {facts.map(({ label, value, money }) => (
        <span key={`${label} ${value}`} className="wrap-anywhere">
          {label !== undefined && <span className="text-faint">{label} </span>}
          {money ? <Money value={value} isChange={money === 'change'} /> : value}
        </span>
      ))}
    </span>
  );
}
