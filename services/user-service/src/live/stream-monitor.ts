import { isLiveSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { SessionId } from '@cnop/common/core/brands';
import type { Clock } from '@cnop/common/core/clock';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { LiveStream } from './live-stream.ts';
import type { PriceChannel } from './price-channel.ts';
import type { StreamLimits } from './stream-limits.ts';

export interface StreamMonitorOptions {
  readonly store: Pick<TableStore, 'batchGet'>;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  /** Returns all open streams. */
  readonly openStreams: () => readonly LiveStream[];
  readonly prices: Pick<PriceChannel, 'sendMissed'>;
  /** Called when the store could not be read; the next check tries again. */
  readonly onError: (error: unknown) => void;
}

/** Checks all streams at an interval, as long as there are any. */
export interface StreamMonitor {
  /** Schedules the next check, unless one is scheduled. */
  start(): void;
  stop(): void;
}

/**
 * Creates the monitor of all streams. Each check closes the streams whose session has ended. It reads the sessions from the
 * store in batches, since a stream must close within a second of a sign-out even when the message about it is lost.
 */
export function createStreamMonitor(options: StreamMonitorOptions): StreamMonitor {
  const { limits, openStreams, prices, onError } = options;
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    const streams = openStreams();
    const nowMilliseconds = performance.now();
    for (const stream of streams) stream.check(nowMilliseconds);
    prices.sendMissed();
    await endRevokedStreams(streams, options).catch(onError);
    timer = undefined;
    if (openStreams().length > 0) start();
  }

  function start(): void {
    timer ??= setTimeout(() => void check(), limits.checkIntervalMilliseconds).unref();
  }

  return {
    start,
    stop: () => clearTimeout(timer),
  };
}

async function endRevokedStreams(
  streams: readonly LiveStream[],
  { store, clock, onError }: StreamMonitorOptions,
): Promise<void> {
  const sessions = groupBySession(streams);
  for (let first = 0; first < sessions.length; first += MAX_BATCH_GET_ITEMS) {
    const some = sessions.slice(first, first + MAX_BATCH_GET_ITEMS);
    const items = await store.batchGet(some.map(({ key }) => key));
    const ended = some.filter((_, position) => {
      const session = sessionRecord.readIfPresent(items[position]);
      return !session || !isLiveSession(session, clock.now());
    });
    // Not awaited, since a slow client may take long to read its last events.
    for (const stream of ended.flatMap((session) => session.streams)) {
      stream.endSession().catch(onError);
    }
  }
}

interface SessionWithStreams {
  readonly key: ItemKey;
  readonly streams: LiveStream[];
}

function groupBySession(streams: readonly LiveStream[]): SessionWithStreams[] {
  const sessions = new Map<SessionId, SessionWithStreams>();
  for (const stream of streams) {
    const { username, sessionId } = stream.identity;
    const key = sessionRecord.key({ username, session_id: sessionId });
    const session = sessions.get(sessionId) ?? { key, streams: [] };
    sessions.set(sessionId, session);
    session.streams.push(stream);
  }
  return [...sessions.values()];
}
