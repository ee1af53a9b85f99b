import type { ServerResponse } from 'node:http';
import type { StreamLimits } from './stream-limits.ts';

/** The answer of one stream, with a bound on what may wait for its client. */
export interface StreamWriter {
  readonly isOpen: boolean;
  /** More waits for the client than may. */
  readonly isFull: boolean;
  write(chunk: string | Buffer): void;
  /** Resolves with true once there is room, with false when there is none in time or the client is gone. */
  waitForRoom(): Promise<boolean>;
  /** Ends the answer after what was written; a client that does not even take that is cut off. */
  end(lastFrame: string): void;
  cut(): void;
}

type WriterLimits = Pick<StreamLimits, 'maxBufferedBytes' | 'patienceMilliseconds'>;

/** @param onClose called once, however the stream ended */
export function createStreamWriter(
  response: ServerResponse,
  { maxBufferedBytes, patienceMilliseconds }: WriterLimits,
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
      if (isOpen && isFull()) await drained(response, patienceMilliseconds);
      return isOpen && !isFull();
    },
    end(lastFrame) {
      if (!isOpen) return;
      close();
      const timer = setTimeout(cut, patienceMilliseconds);
      response.once('close', () => clearTimeout(timer));
      response.end(lastFrame);
    },
    cut,
  };
}

/** Resolves when all that waited has left, when the connection is closed, or when it took too long. */
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
