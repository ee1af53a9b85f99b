import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** The longest silence of a stream while a frame is awaited; on a busy machine many frames take longer in total. */
const MAX_SILENCE_MILLISECONDS = 10_000;

/** One event of a stream. */
export interface Frame {
  readonly id: string | undefined;
  readonly event: string;
  /** The parsed data; the test checks its content. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The arrival time, on the clock of `performance.now`. */
  readonly atMilliseconds: number;
}

/** A client of server-sent events for tests. */
export interface EventStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The problem details of a refused stream. */
  readonly refusal: unknown;
  /** All received frames in order. */
  readonly frames: Frame[];
  /** Returns the number of received heartbeats. */
  heartbeats(): number;
  /** Resolves with the first frame that matches, including frames that were received before. */
  waitFor(isMatch: (frame: Frame) => boolean): Promise<Frame>;
  /** Resolves at the end of the stream, with whether it ended properly. */
  readonly ended: Promise<boolean>;
  /** Stops reading, so that the server's data accumulates. */
  pause(): void;
  resume(): void;
  /** Cuts the connection. */
  cut(): void;
}

/** The headers of a stream. */
export interface EventStreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly lastEventId?: string | undefined;
}

/** Opens a stream; resolves at the start of its response, whatever its status. */
export async function openEventStream(
  url: string,
  { headers, lastEventId }: EventStreamOptions = {},
): Promise<EventStream> {
  const sent = request(url, {
    agent: false,
    headers: { ...headers, ...(lastEventId !== undefined && { 'last-event-id': lastEventId }) },
  });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  // Tests cut streams on purpose.
  sent.on('error', () => undefined);
  const isOpen = response.statusCode === 200;
  const reader = createReader();
  if (isOpen) response.setEncoding('utf8').on('data', reader.add);
  const ended = new Promise<boolean>((resolve) => {
    response.once('close', () => resolve(response.complete));
    response.once('error', () => resolve(false));
  });
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    refusal: isOpen ? undefined : (JSON.parse(await text(response)) as unknown),
    frames: reader.frames,
    heartbeats: reader.heartbeats,
    waitFor: reader.waitFor,
    ended,
    pause: () => void response.pause(),
    resume: () => void response.resume(),
    cut: () => void sent.destroy(),
  };
}

function createReader() {
  const frames: Frame[] = [];
  const waiting = new Set<(frame: Frame) => void>();
  let rest = '';
  let heartbeats = 0;

  function receive(block: string): void {
    const frame = parse(block);
    if (!frame) {
      heartbeats += 1;
      return;
    }
    frames.push(frame);
    for (const look of waiting) look(frame);
  }

  return {
    frames,
    heartbeats: () => heartbeats,
    add(chunk: string) {
      const blocks = (rest + chunk).split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) receive(block);
    },
    async waitFor(isMatch: (frame: Frame) => boolean): Promise<Frame> {
      const found = frames.find(isMatch);
      if (found) return found;
      return new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (frame: Frame) => {
          if (!isMatch(frame)) return void timer.refresh();
          stop();
          resolve(frame);
        };
        const timer = setTimeout(() => {
          stop();
          const seen = frames.slice(-10).map(({ id, event, data }) => ({ id, event, data }));
          reject(new Error(`no such frame arrived; the last ones are ${JSON.stringify(seen)}`));
        }, MAX_SILENCE_MILLISECONDS);
        waiting.add(look);
      });
    },
  };
}

/** Parses a block; returns undefined for one with only comments. */
function parse(block: string): Frame | undefined {
  const fields = new Map<string, string>();
  for (const line of block.split('\n')) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon), line.slice(colon + 1).replace(/^ /, ''));
  }
  const event = fields.get('event');
  if (event === undefined) return undefined;
  const data = JSON.parse(fields.get('data') ?? 'null') as Frame['data'];
  return { id: fields.get('id'), event, data, atMilliseconds: performance.now() };
}
