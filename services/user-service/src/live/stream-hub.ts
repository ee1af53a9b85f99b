import type { ServerResponse } from 'node:http';
import type { SessionChecker } from '@cnop/common/auth/session-state';
import type { AccessIdentity } from '@cnop/common/auth/token-claims';
import type { Username } from '@cnop/common/core/brands';
import { defineGauge } from '@cnop/common/core/figures';
import { EVENTS_CHANNEL } from '@cnop/common/events/announcing-store';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { RateLimitedError, UnavailableError } from '@cnop/exception/errors';
import type { ClosingReason, LiveStream } from './live-stream.ts';
import { startLiveStream } from './live-stream.ts';
import type { PriceSelection } from './price-channel.ts';
import { createPriceChannel } from './price-channel.ts';
import type { StreamLimits } from './stream-limits.ts';
import { createStreamMonitor } from './stream-monitor.ts';
import { createStreamWriter } from './stream-writer.ts';
import type { ReadEventsDeps } from './use-cases/read-events.ts';
import { readLastSeq } from './use-cases/read-events.ts';

interface StreamHubOptions extends ReadEventsDeps {
  readonly sessions: Pick<SessionChecker, 'readEnded'>;
  readonly bus: MessageBus;
  readonly quotes: QuoteBoard;
  readonly limits: StreamLimits;
  /** Called when the store could not be read; streams stay open and try again. */
  readonly onError: (error: unknown) => void;
}

/** A user's request for a live stream. */
export interface StreamRequest {
  readonly identity: AccessIdentity;
  /** The `seq` of the last event that the client has; undefined to start with the next event. */
  readonly after: number | undefined;
  /** Undefined for no prices. */
  readonly prices: PriceSelection | undefined;
}

/** All live streams of this process. */
export interface StreamHub {
  /**
   * Opens a stream and resolves; the stream then runs until it closes.
   * @param takeOver called when the stream can no longer be refused; returns the response to write to
   * @throws RateLimitedError (429) when the user has too many streams
   * @throws UnavailableError (503) when the process has too many streams or is shutting down
   */
  open(request: StreamRequest, takeOver: () => ServerResponse): Promise<void>;
  /** Closes all streams and refuses new ones. */
  close(reason: ClosingReason): void;
}

/** Creates the hub of all live streams of a process. */
export function createStreamHub(options: StreamHubOptions): StreamHub {
  const { sessions, bus, quotes, balances, limits, onError } = options;
  const streamsOf = new Map<string, Set<LiveStream>>();
  const openStreams = () => [...streamsOf.values()].flatMap((streams) => [...streams]);
  const quota = createStreamQuota(limits);
  const prices = createPriceChannel(quotes, limits);
  const monitor = createStreamMonitor({ sessions, link: bus.link, limits, openStreams, prices, onError });
  let isClosed = false;

  const unsubscribe = bus.subscribe(EVENTS_CHANNEL, (username) => {
    for (const stream of streamsOf.get(username) ?? []) stream.wake();
  });
  const stopWaking = bus.link?.onUp(() => {
    for (const stream of openStreams()) stream.wake();
  });

  function assertOpen(): void {
    if (isClosed) throw new UnavailableError('This process is shutting down.');
  }

  function start(request: StreamRequest, response: ServerResponse, lastSeq: number): void {
    const { username } = request.identity;
    const writer = createStreamWriter(response, limits, () => {
      leavePrices();
      quota.release(username);
      forget(username, stream);
    });
    const stream = startLiveStream({ ...request, lastSeq, writer, limits, deps: options, onError });
    const leavePrices = request.prices ? prices.join(request.prices, writer) : () => undefined;
    streamsOf.set(username, (streamsOf.get(username) ?? new Set()).add(stream));
    monitor.start();
  }

  function forget(username: Username, stream: LiveStream): void {
    const own = streamsOf.get(username);
    own?.delete(stream);
    if (own?.size === 0) streamsOf.delete(username);
  }

  return {
    async open(request, takeOver) {
      assertOpen();
      const { username } = request.identity;
      quota.acquire(username);
      try {
        const lastSeq = await readLastSeq(balances, username);
        assertOpen();
        const response = takeOver();
        if (response.destroyed) quota.release(username);
        else start(request, response, lastSeq);
      } catch (error) {
        quota.release(username);
        throw error;
      }
    },
    close(reason) {
      isClosed = true;
      unsubscribe();
      stopWaking?.();
      monitor.stop();
      for (const stream of openStreams()) stream.close(reason);
      prices.close();
    },
  };
}

const showOpenStreams = defineGauge({
  name: 'cnop_streams_open',
  help: 'Open live streams of this process.',
  labelNames: [],
});

/** `Retry-After` when the limit of streams is reached. */
const RETRY_AFTER_SECONDS = 5;

/** The number of open streams, for each user and in the process. */
interface StreamQuota {
  /**
   * Counts one more stream.
   * @throws RateLimitedError (429) when the user has too many, UnavailableError (503) when the process has
   */
  acquire(username: Username): void;
  release(username: Username): void;
}

/** Creates the count of open streams with its two limits. */
function createStreamQuota({
  maxPerUser,
  maxPerProcess,
}: Pick<StreamLimits, 'maxPerUser' | 'maxPerProcess'>): StreamQuota {
  const openByUser = new Map<Username, number>();
  let openCount = 0;
  return {
    acquire(username) {
      const own = openByUser.get(username) ?? 0;
      if (own >= maxPerUser) {
        throw new RateLimitedError(RETRY_AFTER_SECONDS, `You have ${own} streams open; close one first.`);
      }
      if (openCount >= maxPerProcess) {
        throw new UnavailableError('There are too many streams.', { retryAfterSeconds: RETRY_AFTER_SECONDS });
      }
      openByUser.set(username, own + 1);
      openCount += 1;
      showOpenStreams({}, openCount);
    },
    release(username) {
      const own = openByUser.get(username) ?? 0;
      if (own > 1) openByUser.set(username, own - 1);
      else openByUser.delete(username);
      openCount -= 1;
      showOpenStreams({}, openCount);
    },
  };
}
