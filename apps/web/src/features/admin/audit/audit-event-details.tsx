import type { AuditEvent } from '@cnop/common/entities/user/audit-event';
import { UNKNOWN_SUBJECT } from '@cnop/common/entities/user/audit-event';
import { MISSING } from '../../../format/numbers.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Fact } from '../../../ui/fact.tsx';
import { Time } from '../../../ui/time.tsx';
import { AuditFacts } from './audit-facts.tsx';
import { wordsOf } from './audit-words.ts';

/** Everything that was kept of an event. */
export function AuditEventDetails({ event }: { readonly event: AuditEvent }) {
  const { username, actor, address, user_agent, request_id, event_id, occurred_at } = event;
  const { title, tone, facts } = wordsOf(event);
  return (
    <dl className="grid gap-3">
      <Fact label="Event">
        <Badge tone={tone}>{title}</Badge>
      </Fact>
      <Fact label="When">
        <Time value={occurred_at} isExact />
      </Fact>
      <Fact label="User">{username === UNKNOWN_SUBJECT ? 'A name that nobody has' : username}</Fact>
      <Fact label="Done by">{actor ?? 'Nobody signed in'}</Fact>
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
