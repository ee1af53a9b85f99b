import type { ServerResponse } from 'node:http';
import type { AccessIdentity } from '@cnop/common/auth/token-manager';
import type { TableStore } from '@cnop/common/database/table-store';
import { EVENTS_CHANNEL } from '@cnop/common/events/announcing-store';
import type { QuoteBoard } from '@cnop/common/market/quote-board';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { UnavailableError } from '@cnop/exception/errors';
import type { ReadEventsDeps } from '../use-cases/read-events.ts';
import { readLastSeq } from '../use-cases/read-events.ts';
import type { ClosingReason, LiveStream } from './live-stream.ts';
import { startLiveStream } from './live-stream.ts';
import type { PriceSelection } from './price-channel.ts';
import { createPriceChannel } from './price-channel.ts';
import type { StreamLimits } from './stream-limits.ts';
import { createStreamPlaces } from './stream-places.ts';
import { createStreamRounds } from './stream-rounds.ts';
import { createStreamWriter } from './stream-writer.ts';

export interface StreamHubOptions extends ReadEventsDeps {
  readonly store: Pick<TableStore, 'batchGet'>;
  readonly bus: MessageBus;
  readonly quotes: QuoteBoard;
  readonly limits: StreamLimits;
  /** Told when the store could not be read; streams go on and try again. */
  readonly onTrouble: (error: unknown) => void;
}

export interface StreamRequest {
  readonly identity: AccessIdentity;
  /** The `seq` that the client has already; undefined when it wants what happens from now on. */
  readonly after: number | undefined;
  /** Undefined for no prices. */
  readonly prices: PriceSelection | undefined;
}

/** All live streams of this process. */
export interface StreamHub {
  /**
   * Opens a stream and resolves; from then on it takes care of itself.
   * @param takeOver called once nothing can be refused any more; gives the answer to write to
   * @throws RateLimitedError (429) when the user has too many, UnavailableError (503) when the process has
   */
  open(request: StreamRequest, takeOver: () => ServerResponse): Promise<void>;
  /** Ends all streams and takes no more. */
  close(reason: ClosingReason): void;
}

export function createStreamHub(options: StreamHubOptions): StreamHub {
  const { store, clock, bus, quotes, balances, limits, onTrouble } = options;
  const streamsOf = new Map<string, Set<LiveStream>>();
  const openStreams = () => [...streamsOf.values()].flatMap((streams) => [...streams]);
  const places = createStreamPlaces(limits);
  const prices = createPriceChannel(quotes, limits);
  const rounds = createStreamRounds({ store, clock, limits, openStreams, prices, onTrouble });
  let isClosed = false;

  const unsubscribe = bus.subscribe(EVENTS_CHANNEL, (username) => {
    for (const stream of streamsOf.get(username) ?? []) stream.wake();
  });

  function assertOpen(): void {
    if (isClosed) throw new UnavailableError('This process is shutting down.');
  }

  function start(request: StreamRequest, response: ServerResponse, lastSeq: number): void {
    const { username } = request.identity;
    const writer = createStreamWriter(response, limits, () => {
      leavePrices();
      places.free(username);
      forget(username, stream);
    });
    const stream = startLiveStream({ ...request, lastSeq, writer, limits, deps: options, onTrouble });
    const leavePrices = request.prices ? prices.join(request.prices, writer) : () => undefined;
    streamsOf.set(username, (streamsOf.get(username) ?? new Set()).add(stream));
    rounds.begin();
  }

  function forget(username: string, stream: LiveStream): void {
    const own = streamsOf.get(username);
    own?.delete(stream);
    if (own?.size === 0) streamsOf.delete(username);
  }

  return {
    async open(request, takeOver) {
      assertOpen();
      const { username } = request.identity;
      places.take(username);
      try {
        const lastSeq = await readLastSeq(balances, username);
        assertOpen();
        const response = takeOver();
        if (response.destroyed) places.free(username);
        else start(request, response, lastSeq);
      } catch (error) {
        places.free(username);
        throw error;
      }
    },
    close(reason) {
      isClosed = true;
      unsubscribe();
      rounds.end();
      for (const stream of openStreams()) stream.close(reason);
      prices.close();
    },
  };
}
