import type { ServerResponse } from 'node:http';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import type { StreamLimits } from './stream-limits.ts';

/** The response of one stream, with a bound on the bytes buffered for its client. */
export interface StreamWriter {
  readonly isOpen: boolean;
  /** More bytes are buffered than the limit allows. */
  readonly isFull: boolean;
  write(chunk: string | Buffer): void;
  /** Resolves to true once there is room, and to false on a timeout or when the client has disconnected. */
  waitForRoom(): Promise<boolean>;
  /** Writes a last frame and ends the response; destroys the connection when that takes too long. */
  end(lastFrame: string): void;
  /** Destroys the connection. */
  cut(): void;
}

type WriterLimits = Pick<StreamLimits, 'maxBufferedBytes' | 'writeTimeoutMilliseconds'>;

/**
 * Creates the writer of a stream.
 * @param onClose called once, for any end of the stream
 */
export function createStreamWriter(
  response: ServerResponse,
  { maxBufferedBytes, writeTimeoutMilliseconds }: WriterLimits,
  onClose: () => void,
): StreamWriter {
  let isOpen = true;
  const close = (): void => {
    if (!isOpen) return;
    isOpen = false;
    onClose();
  };
  const cut = (): void => {
    close();
    response.destroy();
  };
  const isFull = (): boolean => response.writableLength > maxBufferedBytes;
  response.once('close', close);

  return {
    get isOpen() {
      return isOpen;
    },
    get isFull() {
      return isFull();
    },
    write(chunk) {
      if (isOpen) response.write(chunk);
    },
    async waitForRoom() {
      if (isOpen && isFull()) await drained(response, writeTimeoutMilliseconds);
      return isOpen && !isFull();
    },
    end(lastFrame) {
      if (!isOpen) return;
      close();
      const timer = setTimeout(cut, writeTimeoutMilliseconds);
      response.once('close', () => clearTimeout(timer));
      response.end(lastFrame);
    },
    cut,
  };
}

/** Resolves when the buffer has drained, when the connection closes, or on a timeout. */
async function drained(response: ServerResponse, timeoutMilliseconds: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const settle = (): void => {
      clearTimeout(timer);
      response.off('drain', settle);
      response.off('close', settle);
      resolve();
    };
    const timer = setTimeout(settle, timeoutMilliseconds);
    response.once('drain', settle);
    response.once('close', settle);
  });
}

/** A comment that clients ignore and that keeps proxies from closing an idle connection. */
export const HEARTBEAT_FRAME = ':\n\n';

/**
 * Formats one server-sent event. JSON text has no raw line break, so the data is always one line.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function sseFrame(type: string, data: unknown): string {
  return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
}

/** Formats a user's event. Its id is its `seq`, from which a client resumes. */
export function userEventFrame({ seq, id, type, occurred_at, username, data }: LiveEvent): string {
  return `id: ${seq}\n${sseFrame(type, { seq, id, type, occurred_at, username, data })}`;
}

/** Formats a quote as a `price.updated` event, which has no id. */
export function priceFrame({ asset_id, bid, ask, mid, at, source, seq }: Quote): string {
  return sseFrame('price.updated', { asset_id, bid, ask, mid, at, source, seq });
}
