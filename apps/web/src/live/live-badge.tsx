import { clsx } from 'clsx';
import { formatTime } from '../format/times.ts';
import type { LiveState } from './live-status.ts';
import { useLiveState } from './live-status.ts';

const DOTS: Readonly<Record<LiveState['kind'], string>> = {
  live: 'bg-gain',
  connecting: 'bg-line-strong',
  reconnecting: 'bg-warn',
  stale: 'bg-loss',
};

/** Shows how fresh the prices on the page are. */
export function LiveBadge() {
  const state = useLiveState();
  return (
    <span
      role="status"
      className={clsx(
        'inline-flex h-6 items-center gap-1.5 rounded-full px-2 text-xs font-medium whitespace-nowrap',
        state.kind === 'stale' ? 'bg-loss-soft text-loss' : 'text-muted',
      )}
    >
      <span aria-hidden="true" className={clsx('size-1.5 rounded-full', DOTS[state.kind])} />
      <LiveText state={state} />
    </span>
  );
}

function LiveText({ state }: { readonly state: LiveState }) {
  switch (state.kind) {
    case 'live':
      return 'Live';
    case 'connecting':
      return 'Connecting';
    case 'reconnecting':
      return 'Reconnecting';
    case 'stale':
      return <span className="numeric">Stale since {formatTime(new Date(state.sinceMilliseconds))}</span>;
  }
}
