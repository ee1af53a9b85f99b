import type { SessionChecker } from '@cnop/common/auth/session-state';
import type { BusLink } from '@cnop/common/messaging/message-bus';
import type { LiveStream } from './live-stream.ts';
import type { PriceChannel } from './price-channel.ts';
import type { StreamLimits } from './stream-limits.ts';

export interface StreamMonitorOptions {
  readonly sessions: Pick<SessionChecker, 'readEnded'>;
  /** The connection over which events of other processes are announced; undefined without one. */
  readonly link: Pick<BusLink, 'isUp'> | undefined;
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
 * Creates the monitor of all streams. Each check closes the streams whose session has ended. It reads each session once,
 * however many streams it has, since a stream must close within a second of a sign-out even when the message about it is
 * lost.
 */
export function createStreamMonitor(options: StreamMonitorOptions): StreamMonitor {
  const { link, limits, openStreams, prices, onError } = options;
  let timer: NodeJS.Timeout | undefined;

  async function check(): Promise<void> {
    const streams = openStreams();
    const nowMilliseconds = performance.now();
    const pollMilliseconds = link?.isUp() ? limits.safetyPollMilliseconds : limits.pollMilliseconds;
    for (const stream of streams) stream.check(nowMilliseconds, pollMilliseconds);
    prices.sendMissed();
    await endRevokedStreams(streams, options).catch(onError);
    timer = undefined;
    if (openStreams().length > 0) start(performance.now() - nowMilliseconds);
  }

  /** @param spentMilliseconds the part of the interval that the check before took */
  function start(spentMilliseconds = 0): void {
    const delay = Math.max(0, limits.checkIntervalMilliseconds - spentMilliseconds);
    timer ??= setTimeout(() => void check(), delay).unref();
  }

  return {
    start: () => start(),
    stop: () => clearTimeout(timer),
  };
}

async function endRevokedStreams(
  streams: readonly LiveStream[],
  { sessions, onError }: Pick<StreamMonitorOptions, 'sessions' | 'onError'>,
): Promise<void> {
  const ended = await sessions.readEnded(streams.map(({ identity }) => identity));
  const endedIds = new Set(ended.map(({ sessionId }) => sessionId));
  for (const stream of streams) {
    // Not awaited, since a slow client may take long to read its last events.
    if (endedIds.has(stream.identity.sessionId)) stream.endSession().catch(onError);
  }
}
