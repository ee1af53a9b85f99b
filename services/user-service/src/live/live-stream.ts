import type { AccessIdentity } from '@cnop/common/auth/token-claims';
import type { Username } from '@cnop/common/core/brands';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import { defineHistogram } from '@cnop/common/core/figures';
import type { StreamLimits } from './stream-limits.ts';
import type { StreamWriter } from './stream-writer.ts';
import { HEARTBEAT_FRAME, sseFrame, userEventFrame } from './stream-writer.ts';
import type { ReadEventsDeps } from './use-cases/read-events.ts';
import { readEvents, readNewEvents } from './use-cases/read-events.ts';

/** Why a stream closes; tells the client whether it needs a new token before it reconnects. */
export type ClosingReason = 'token_expired' | 'shutting_down';

export interface LiveStreamOptions {
  readonly identity: AccessIdentity;
  /** The `seq` of the last event that the client has; undefined to start with the next event. */
  readonly after: number | undefined;
  /** The `seq` of the user's latest event. */
  readonly lastSeq: number;
  readonly writer: StreamWriter;
  readonly limits: StreamLimits;
  readonly deps: ReadEventsDeps;
  /** Called when the store could not be read; the stream stays open and tries again. */
  readonly onError: (error: unknown) => void;
}

/** One client's stream of its user's events. */
export interface LiveStream {
  readonly identity: AccessIdentity;
  /** Reads and sends new events, if there are any. */
  wake(): void;
  /**
   * Does what is due: closes when the token expires, sends heartbeats, polls for events whose message was lost.
   * @param pollMilliseconds between two polls, varied by a third
   */
  check(nowMilliseconds: number, pollMilliseconds: number): void;
  /** Sends the remaining events and `session.revoked`, then closes. */
  endSession(): Promise<void>;
  close(reason: ClosingReason): void;
}

/**
 * Starts a stream: writes `hello`, then `reset` when events have expired, then missed events, then new ones as they are
 * committed.
 * @see docs/reference/events.md
 */
export function startLiveStream(options: LiveStreamOptions): LiveStream {
  const { identity, after, lastSeq, writer, limits, deps } = options;
  const { username, sessionId } = identity;
  // Early by one check rather than late.
  const heartbeatDelay = limits.heartbeatMilliseconds - limits.checkIntervalMilliseconds;
  let heartbeatAt = performance.now() + heartbeatDelay;
  let readAt = performance.now();
  const pollFactor = variedByAThird();

  const from = Math.min(after ?? lastSeq, lastSeq);
  writer.write(helloFrame({ username, from, lastSeq, limits }));
  // The client is ahead of the store, as after a restore from a backup.
  if (after !== undefined && after > lastSeq) writer.write(resetFrame(after, lastSeq));
  const events = followEvents({ ...options, from });
  const wake = (): void => {
    readAt = performance.now();
    events.catchUp().catch(options.onError);
  };
  wake();

  return {
    identity,
    wake,
    check(nowMilliseconds, pollMilliseconds) {
      if (deps.clock.now().getTime() >= identity.expiresAtEpochSeconds * MILLISECONDS_PER_SECOND) {
        writer.end(closingFrame('token_expired'));
        return;
      }
      if (nowMilliseconds >= heartbeatAt) {
        heartbeatAt = nowMilliseconds + heartbeatDelay;
        if (!writer.isFull) writer.write(HEARTBEAT_FRAME);
      }
      if (nowMilliseconds >= readAt + pollMilliseconds * pollFactor) wake();
    },
    async endSession() {
      await events.catchUp();
      // A revoked session has an event, which closes the stream. One that expired or made room for another has none.
      const data = { session_id: sessionId };
      writer.end(sseFrame('session.revoked', { type: 'session.revoked', username, data }));
    },
    close: (reason) => writer.end(closingFrame(reason)),
  };
}

/** Writes the stored events after a `seq`, each once and in order. */
function followEvents({
  identity: { username, sessionId },
  from,
  lastSeq,
  writer,
  limits,
  deps,
}: LiveStreamOptions & { readonly from: number }): { catchUp(): Promise<void> } {
  let cursor = from;
  let isReading = false;
  let isAskedAgain = false;

  /** Events up to `lastSeq` may have expired, which takes a second read to find out; later ones have not. */
  async function readPage() {
    const request = { username, after: cursor, limit: limits.pageSize };
    if (cursor >= lastSeq) return { ...(await readNewEvents(deps, request)), reset: '' };
    const page = await readEvents(deps, request);
    return { ...page, reset: page.isReset ? resetFrame(cursor, page.lastSeq) : '' };
  }

  /** Writes one page; returns whether there are more events. */
  async function writePage(): Promise<boolean> {
    const { events, hasMore, reset } = await readPage();
    const isOver = events.some(
      ({ type, data }) => type === 'session.revoked' && data.session_id === sessionId,
    );
    for (const { seq, occurred_at } of events) if (seq > lastSeq) observeLag(deps.clock.now(), occurred_at);
    const text = reset + events.map(userEventFrame).join('');
    cursor = events.at(-1)?.seq ?? Math.max(cursor, lastSeq);
    if (isOver) writer.end(text);
    else if (text !== '') writer.write(text);
    return hasMore;
  }

  async function writeAll(): Promise<void> {
    let isMore = true;
    while (isMore && writer.isOpen) {
      // Events that the client has no room for wait in the store, for a limited time.
      if (await writer.waitForRoom()) isMore = await writePage();
      else writer.cut();
    }
  }

  return {
    async catchUp() {
      isAskedAgain = true;
      if (isReading) return;
      isReading = true;
      try {
        // Events committed while a page was read may not be on it.
        while (isAskedAgain && writer.isOpen) {
          isAskedAgain = false;
          await writeAll();
        }
      } finally {
        isReading = false;
      }
    },
  };
}

const observeEventLag = defineHistogram({
  name: 'cnop_event_lag_seconds',
  help: 'Time from an event to its write to a live stream that was open when it happened.',
  labelNames: [],
  bounds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

function observeLag(now: Date, occurredAt: string): void {
  observeEventLag({}, Math.max(0, now.getTime() - Date.parse(occurredAt)) / MILLISECONDS_PER_SECOND);
}

/** How long a client waits before it reconnects. */
const RETRY_MILLISECONDS = 2_000;

/**
 * Returns the first frame. Its id is the `seq` before the first event of this stream, so a client that is cut off before
 * that event resumes there and misses nothing.
 */
function helloFrame({
  username,
  from,
  lastSeq,
  limits,
}: {
  readonly username: Username;
  readonly from: number;
  readonly lastSeq: number;
  readonly limits: StreamLimits;
}): string {
  const heartbeat_seconds = limits.heartbeatMilliseconds / MILLISECONDS_PER_SECOND;
  const hello = sseFrame('hello', { username, last_seq: lastSeq, heartbeat_seconds });
  return `retry: ${RETRY_MILLISECONDS}\nid: ${from}\n${hello}`;
}

/** Tells the client that events in between have expired: it has to read the state anew, then continue from here. */
function resetFrame(after: number, lastSeq: number): string {
  return sseFrame('reset', { after, last_seq: lastSeq });
}

function closingFrame(reason: ClosingReason): string {
  return sseFrame('closing', { reason });
}

/** Returns a factor for delays, so that streams which started together do not poll together. */
function variedByAThird(): number {
  return 1 + (Math.random() * 2 - 1) / 3;
}
