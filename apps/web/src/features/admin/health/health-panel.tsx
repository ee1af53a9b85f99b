import type { Health } from '@cnop/common/entities/health';
import { useQuery } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useEffect, useState } from 'react';
import { healthQuery } from '../../../api/admin/health.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { formatTime } from '../../../format/times.ts';
import { Badge } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { ErrorState, SkeletonRows } from '../../../ui/states.tsx';
import { Cell, Column, Row, RowHead, Table } from '../../../ui/table.tsx';
import {
  HEALTH_NAMES,
  HEALTH_TONES,
  isStale,
  meaningOf,
  REFRESH_MILLISECONDS,
  uptimeText,
} from './health-words.ts';

const SECOND_MILLISECONDS = 1_000;
const SKELETON_ROWS = 4;

/** The health of the platform as the gateway reports it, marked as stale when it is too old. */
export function HealthPanel() {
  const { data, dataUpdatedAt, error, refetch, isFetching } = useQuery({
    ...healthQuery(),
    refetchInterval: REFRESH_MILLISECONDS,
  });
  const now = useNow();
  if (!data) {
    return (
      <div className="card">
        {error ? (
          <ErrorState title="The health could not be read" error={error} onRetry={() => void refetch()} />
        ) : (
          <SkeletonRows label="Loading the health" rows={SKELETON_ROWS} />
        )}
      </div>
    );
  }
  const answeredAt = formatTime(new Date(dataUpdatedAt));
  const staleSince = isStale(dataUpdatedAt, now) ? answeredAt : undefined;
  return (
    <section aria-label="Services" className="card">
      <div className="flex flex-wrap items-center justify-between gap-3 border-b border-line p-4">
        <div role="status" className="flex flex-wrap items-center gap-2">
          <Badge tone={staleSince === undefined ? HEALTH_TONES[data.status] : 'neutral'}>
            {HEALTH_NAMES[data.status]}
          </Badge>
          {staleSince !== undefined && <Badge tone="warn">Stale since {staleSince}</Badge>}
        </div>
        <Button size="small" isBusy={isFetching && staleSince !== undefined} onClick={() => void refetch()}>
          <RefreshCw aria-hidden="true" className="size-3.5" /> Check now
        </Button>
      </div>
      {error && (
        <p role="alert" className="border-b border-line bg-danger-soft px-4 py-2 text-sm text-danger">
          {toProblem(error).message} Showing the result of {answeredAt}.
        </p>
      )}
      <Checks health={data} isStale={staleSince !== undefined} />
      <dl className="grid gap-x-12 gap-y-2 border-t border-line p-4 text-sm sm:grid-cols-2">
        <Fact label="Version">{data.version}</Fact>
        <Fact label="Gateway uptime">{uptimeText(data.uptime)}</Fact>
        <Fact label="Checked at">{answeredAt}</Fact>
        <Fact label="Checked every">{REFRESH_MILLISECONDS / SECOND_MILLISECONDS} s</Fact>
      </dl>
    </section>
  );
}

interface ChecksProps {
  readonly health: Health;
  readonly isStale: boolean;
}

function Checks({ health, isStale: isOld }: ChecksProps) {
  return (
    <Table
      caption="Services and whether they answer"
      head={
        <>
          <Column>Service</Column>
          <Column className="hidden sm:table-cell">What it does</Column>
          <Column isNumeric>State</Column>
        </>
      }
    >
      <CheckRow name={health.service} what="The entry point of all clients" state="up" isOld={isOld} />
      {Object.entries({ ...health.checks, ...health.details }).map(([name, state]) => (
        <CheckRow key={name} name={name} what={meaningOf(name)} state={state} isOld={isOld} />
      ))}
    </Table>
  );
}

interface CheckRowProps {
  readonly name: string;
  readonly what: string;
  readonly state: 'up' | 'down';
  readonly isOld: boolean;
}

function CheckRow({ name, what, state, isOld }: CheckRowProps) {
  const isUp = state === 'up';
  return (
    <Row>
      <RowHead>
        <span className="font-medium">{name}</span>
        <span className="block text-xs text-faint sm:hidden">{what}</span>
      </RowHead>
      <Cell className="hidden text-muted sm:table-cell">{what}</Cell>
      <Cell isNumeric>
        <Badge tone={isOld ? 'neutral' : isUp ? 'gain' : 'loss'}>
          {isOld ? `Was ${state}` : isUp ? 'Up' : 'Down'}
        </Badge>
      </Cell>
    </Row>
  );
}

/** Returns the current time, updated every second. */
function useNow(): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return now;
}
