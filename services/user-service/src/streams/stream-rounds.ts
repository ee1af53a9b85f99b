import { isLiveSession } from '@cnop/common/auth/session-rules';
import { sessionRecord } from '@cnop/common/auth/session-state';
import type { Clock } from '@cnop/common/core/clock';
import type { ItemKey, TableStore } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { LiveStream } from './live-stream.ts';
import type { PriceChannel } from './price-channel.ts';
import type { StreamLimits } from './stream-limits.ts';

export interface StreamRoundsOptions {
  readonly store: Pick<TableStore, 'batchGet'>;
  readonly clock: Clock;
  readonly limits: StreamLimits;
  /** All streams that are open now. */
  readonly openStreams: () => readonly LiveStream[];
  readonly prices: Pick<PriceChannel, 'sendMissed'>;
  /** Told when the store could not be read; the next round tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** Looks after all streams again and again, as long as there are any. */
export interface StreamRounds {
  begin(): void;
  end(): void;
}

/**
 * Each round ends the streams whose session is over. It reads the sessions themselves, all of them at one go: that
 * nobody goes on listening for a second after being signed out must not depend on a message that may be lost.
 */
export function createStreamRounds(options: StreamRoundsOptions): StreamRounds {
  const { limits, openStreams, prices, onTrouble } = options;
  let timer: NodeJS.Timeout | undefined;

  async function goRound(): Promise<void> {
    const streams = openStreams();
    const nowMilliseconds = performance.now();
    for (const stream of streams) stream.tick(nowMilliseconds);
    prices.sendMissed();
    await endRevoked(streams, options).catch(onTrouble);
    timer = undefined;
    if (openStreams().length > 0) begin();
  }

  function begin(): void {
    timer ??= setTimeout(() => void goRound(), limits.roundMilliseconds).unref();
  }

  return {
    begin,
    end: () => clearTimeout(timer),
  };
}

async function endRevoked(
  streams: readonly LiveStream[],
  { store, clock, onTrouble }: StreamRoundsOptions,
): Promise<void> {
  const sessions = groupBySession(streams);
  for (let first = 0; first < sessions.length; first += MAX_BATCH_GET_ITEMS) {
    const some = sessions.slice(first, first + MAX_BATCH_GET_ITEMS);
    const items = await store.batchGet(some.map(({ key }) => key));
    const ended = some.filter((_, position) => {
      const session = sessionRecord.readIfPresent(items[position]);
      return !session || !isLiveSession(session, clock.now());
    });
    // Nobody waits for a client that reads its last events slowly: the next round ends it without them.
    for (const stream of ended.flatMap((session) => session.streams)) {
      stream.endSession().catch(onTrouble);
    }
  }
}

interface SessionWithStreams {
  readonly key: ItemKey;
  readonly streams: LiveStream[];
}

function groupBySession(streams: readonly LiveStream[]): SessionWithStreams[] {
  const sessions = new Map<string, SessionWithStreams>();
  for (const stream of streams) {
    const { username, sessionId } = stream.identity;
    const key = sessionRecord.key({ username, session_id: sessionId });
    const session = sessions.get(sessionId) ?? { key, streams: [] };
    sessions.set(sessionId, session);
    session.streams.push(stream);
  }
  return [...sessions.values()];
}
