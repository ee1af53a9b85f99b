import type { AccessIdentity } from '@cnop/common/auth/token-manager';
import { MILLISECONDS_PER_SECOND } from '@cnop/common/core/clock';
import type { ReadEventsDeps } from '../use-cases/read-events.ts';
import { readEvents, readNewEvents } from '../use-cases/read-events.ts';
import { frameOf, HEARTBEAT_FRAME, userEventFrame } from './sse-frames.ts';
import type { StreamLimits } from './stream-limits.ts';
import type { StreamWriter } from './stream-writer.ts';

/** Why a stream ends: a client that knows need not guess whether its token is still good. */
export type ClosingReason = 'token_expired' | 'shutting_down';

export interface LiveStreamOptions {
  readonly identity: AccessIdentity;
  /** The `seq` that the client has already; undefined when it wants what happens from now on. */
  readonly after: number | undefined;
  /** The `seq` of the user's latest event. */
  readonly lastSeq: number;
  readonly writer: StreamWriter;
  readonly limits: StreamLimits;
  readonly deps: ReadEventsDeps;
  /** Told when the store could not be read; the stream goes on and tries again. */
  readonly onTrouble: (error: unknown) => void;
}

/** One client's stream of its user's events. */
export interface LiveStream {
  readonly identity: AccessIdentity;
  /** There may be new events. */
  wake(): void;
  /** Does what is due: ends with its token, gives a sign of life, looks for events that nobody told of. */
  tick(nowMilliseconds: number): void;
  /** The session is over: says so and ends. */
  endSession(): Promise<void>;
  close(reason: ClosingReason): void;
}

/** Greets the client, tells it what it cannot have any more, and goes on with what it has missed. */
export function startLiveStream(options: LiveStreamOptions): LiveStream {
  const { identity, after, lastSeq, writer, limits, deps } = options;
  const { username, sessionId } = identity;
  // A round early rather than late.
  const heartbeatDelay = limits.heartbeatMilliseconds - limits.roundMilliseconds;
  let heartbeatAt = performance.now() + heartbeatDelay;
  let pollAt = performance.now() + pollDelay(limits.pollMilliseconds);

  const from = Math.min(after ?? lastSeq, lastSeq);
  writer.write(helloFrame({ username, from, lastSeq, limits }));
  // The client has seen what never was here, such as before a store was restored.
  if (after !== undefined && after > lastSeq) writer.write(resetFrame(after, lastSeq));
  const events = followEvents({ ...options, from });
  const wake = (): void => {
    events.catchUp().catch(options.onTrouble);
  };
  wake();

  return {
    identity,
    wake,
    tick(nowMilliseconds) {
      if (deps.clock.now().getTime() >= identity.expiresAtEpochSeconds * MILLISECONDS_PER_SECOND) {
        writer.end(closingFrame('token_expired'));
        return;
      }
      if (nowMilliseconds >= heartbeatAt) {
        heartbeatAt = nowMilliseconds + heartbeatDelay;
        if (!writer.isFull) writer.write(HEARTBEAT_FRAME);
      }
      if (nowMilliseconds >= pollAt) {
        pollAt = nowMilliseconds + pollDelay(limits.pollMilliseconds);
        wake();
      }
    },
    async endSession() {
      await events.catchUp();
      // Its event is the last one, unless the session ended without one: it expired, or made room for another.
      const data = { session_id: sessionId };
      writer.end(frameOf('session.revoked', { type: 'session.revoked', username, data }));
    },
    close: (reason) => writer.end(closingFrame(reason)),
  };
}

/** Writes the events of the store from a `seq` on, each once and in order. */
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

  /** What was missed may not be kept any more. What happens from now on is there when it is looked for. */
  async function readPage() {
    const request = { username, after: cursor, limit: limits.pageSize };
    if (cursor >= lastSeq) return { ...(await readNewEvents(deps, request)), reset: '' };
    const page = await readEvents(deps, request);
    return { ...page, reset: page.isReset ? resetFrame(cursor, page.lastSeq) : '' };
  }

  /** Returns whether there is more. */
  async function writePage(): Promise<boolean> {
    const { events, hasMore, reset } = await readPage();
    const isOver = events.some(
      ({ type, data }) => type === 'session.revoked' && data.session_id === sessionId,
    );
    const text = reset + events.map(userEventFrame).join('');
    cursor = events.at(-1)?.seq ?? Math.max(cursor, lastSeq);
    if (isOver) writer.end(text);
    else if (text !== '') writer.write(text);
    return hasMore;
  }

  async function writeAll(): Promise<void> {
    let isMore = true;
    while (isMore && writer.isOpen) {
      // What does not fit waits in the store, which has room; but not for ever.
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
        // What is committed while a page is read may not be on it.
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

/** How long a client shall wait before it connects again. */
const RETRY_MILLISECONDS = 2_000;

/**
 * Greets the client. Its id is the `seq` before the first event of this stream, not that of the latest event: a client
 * that is cut off before the first one goes on from there and misses nothing.
 */
function helloFrame({
  username,
  from,
  lastSeq,
  limits,
}: {
  readonly username: string;
  readonly from: number;
  readonly lastSeq: number;
  readonly limits: StreamLimits;
}): string {
  const heartbeat_seconds = limits.heartbeatMilliseconds / MILLISECONDS_PER_SECOND;
  const hello = frameOf('hello', { username, last_seq: lastSeq, heartbeat_seconds });
  return `retry: ${RETRY_MILLISECONDS}\nid: ${from}\n${hello}`;
}

/** Says that the events between these two cannot all be had: read the state anew, then go on from here. */
function resetFrame(after: number, lastSeq: number): string {
  return frameOf('reset', { after, last_seq: lastSeq });
}

function closingFrame(reason: ClosingReason): string {
  return frameOf('closing', { reason });
}

/** Give or take a third, so that streams which began together do not all look together. */
function pollDelay(milliseconds: number): number {
  return milliseconds * (1 + (Math.random() * 2 - 1) / 3);
}
