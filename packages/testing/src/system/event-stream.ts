import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

/** How long a stream may be silent while a frame is awaited: a flood of them may take a busy machine longer. */
const MAX_SILENCE_MILLISECONDS = 10_000;

/** One event of a stream, as it came. */
export interface Frame {
  readonly id: string | undefined;
  readonly event: string;
  /** Parsed; what it holds is for the test to check. */
  readonly data: Readonly<Record<string, unknown>>;
  /** When it had arrived, on the clock of `performance.now`. */
  readonly atMilliseconds: number;
}

/** A client of server-sent events that hides nothing. */
export interface EventStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The problem document, of a stream that was refused. */
  readonly refusal: unknown;
  /** All that has arrived, in order. */
  readonly frames: Frame[];
  /** How many signs of life have come. */
  heartbeats(): number;
  /** Resolves with the first frame that fits, be it there already. */
  waitFor(fits: (frame: Frame) => boolean): Promise<Frame>;
  /** Resolves once the stream is over, with whether it was ended in good order. */
  readonly ended: Promise<boolean>;
  /** Stops reading, so that what is sent piles up. */
  pause(): void;
  resume(): void;
  /** Cuts the connection. */
  cut(): void;
}

export interface EventStreamOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly lastEventId?: string | undefined;
}

/** Opens a stream; resolves once its answer begins, whatever that says. */
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
  // What a cut does to the request is what the test wants.
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
    async waitFor(fits: (frame: Frame) => boolean): Promise<Frame> {
      const found = frames.find(fits);
      if (found) return found;
      return new Promise((resolve, reject) => {
        const stop = () => {
          clearTimeout(timer);
          waiting.delete(look);
        };
        const look = (frame: Frame) => {
          if (!fits(frame)) return void timer.refresh();
          stop();
          resolve(frame);
        };
        const timer = setTimeout(() => {
          stop();
          const seen = frames.slice(-10).map(({ id, event, data }) => ({ id, event, data }));
          reject(new Error(`no such frame came; the last ones are ${JSON.stringify(seen)}`));
        }, MAX_SILENCE_MILLISECONDS);
        waiting.add(look);
      });
    },
  };
}

/** @returns undefined for a block of comments alone */
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
