import { useQuery } from '@tanstack/react-query';
import { Monitor, Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { Session } from '../../api/auth/sessions.ts';
import { sessionsQuery } from '../../api/auth/sessions.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Button } from '../../ui/button.tsx';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';
import { useSettlingRows } from '../../ui/use-settling-rows.ts';
import { deviceName } from './device-name.ts';
import { SectionCard } from './section-card.tsx';
import { useEndSessions } from './use-end-sessions.ts';

const SKELETON_ROWS = 2;
const PHONES = /\b(?:iPhone|Android|Mobile)\b/;

/** The sessions of the user, with buttons to end those on other devices. */
export function Sessions() {
  const { data: sessions, error, refetch } = useQuery(sessionsQuery());
  const { ending, endOne, endOthers, isEndingOthers } = useEndSessions();
  const { isSettling, container } = useSettlingRows<HTMLUListElement>(
    (sessions ?? []).map(({ session_id }) => session_id),
  );
  const others = sessions?.filter(({ is_current }) => !is_current).length ?? 0;
  return (
    <SectionCard
      id="sessions"
      title="Sessions"
      action={others > 0 && <EndOthers count={others} isBusy={isEndingOthers} onEnd={endOthers} />}
    >
      {sessions ? (
        <>
          <ul {...container} aria-label="Where you are signed in">
            {sessions.map((session) => (
              <SessionItem
                key={session.session_id}
                session={session}
                isSettling={isSettling}
                isEnding={ending.has(session.session_id)}
                onEnd={() => endOne(session)}
              />
            ))}
          </ul>
          {others === 0 && (
            <p className="border-t border-line px-4 py-3 text-sm text-muted">
              You are not signed in on any other device.
            </p>
          )}
        </>
      ) : error ? (
        <ErrorState title="Your sessions could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading your sessions" rows={SKELETON_ROWS} rowClass="h-20" />
      )}
    </SectionCard>
  );
}

interface SessionItemProps {
  readonly session: Session;
  /** Whether rows moved a moment ago. */
  readonly isSettling: boolean;
  readonly isEnding: boolean;
  readonly onEnd: () => void;
}

function SessionItem({ session, isSettling, isEnding, onEnd }: SessionItemProps) {
  const { user_agent, address, created_at, refreshed_at, is_current } = session;
  const device = deviceName(user_agent);
  const Icon = PHONES.test(user_agent ?? '') ? Smartphone : Monitor;
  return (
    <li
      data-row={session.session_id}
      className="flex items-start gap-3 border-b border-line px-4 py-3 last:border-b-0"
    >
      <Icon aria-hidden="true" className="mt-0.5 size-4 shrink-0 text-faint" />
      <div className="grid min-w-0 flex-1 gap-0.5">
        <p className="flex flex-wrap items-center gap-x-2 gap-y-1 font-medium">
          <span title={user_agent ?? undefined} className="wrap-anywhere">
            {device}
          </span>
          {is_current && <Badge tone="accent">This device</Badge>}
        </p>
        <p className="text-sm wrap-anywhere text-muted">{address ?? 'Unknown address'}</p>
        <p className="text-xs text-faint">
          Signed in <Time value={created_at} />
          <span className="block">
            Last active <Time value={refreshed_at} />
          </span>
        </p>
      </div>
      {!is_current && (
        <Button
          size="small"
          isBusy={isEnding}
          isInert={isSettling}
          onClick={onEnd}
          aria-label={`Sign out ${device}${address === null ? '' : `, ${address}`}`}
        >
          Sign out
        </Button>
      )}
    </li>
  );
}

interface EndOthersProps {
  readonly count: number;
  readonly isBusy: boolean;
  readonly onEnd: () => void;
}

/** Signs out on all other devices after a confirmation. */
function EndOthers({ count, isBusy, onEnd }: EndOthersProps) {
  const [isAsking, setIsAsking] = useState(false);
  const what = count === 1 ? '1 device' : `${count} devices`;
  return (
    <>
      <Button size="small" tone="danger" isBusy={isBusy} onClick={() => setIsAsking(true)}>
        Sign out everywhere else
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false);
          onEnd();
        }}
        title={`Sign out ${what}?`}
        confirmLabel={`Sign out ${what}`}
        cancelLabel="Keep them"
        tone="danger"
        focusOn="cancel"
      >
        They have to sign in again. This device stays signed in, and open orders stay open.
      </AlertDialog>
    </>
  );
}
