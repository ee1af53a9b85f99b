/** One server-sent event. */
export interface StreamEvent {
  readonly type: string;
  /** The `id` line of the event; events without one do not move the position. */
  readonly id: string | undefined;
  readonly data: string;
}

/** More than any event has; bounds the memory of a line that never ends. */
const MAX_BUFFERED_CHARACTERS = 1_000_000;

/**
 * Parses a stream of server-sent events in chunks that end anywhere.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export function createSseParser(onEvent: (event: StreamEvent) => void): { feed(chunk: string): void } {
  let buffer = '';
  let isStart = true;
  let type = '';
  let id: string | undefined;
  let data: string[] = [];

  function dispatch(): void {
    if (data.length > 0) onEvent({ type: type || 'message', id, data: data.join('\n') });
    type = '';
    id = undefined;
    data = [];
  }

  function takeLine(line: string): void {
    if (line === '') return dispatch();
    const colon = line.indexOf(':');
    // A line that begins with a colon is a comment, such as a heartbeat.
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const rest = colon < 0 ? '' : line.slice(colon + 1);
    const value = rest.startsWith(' ') ? rest.slice(1) : rest;
    if (field === 'event') type = value;
    else if (field === 'data') data.push(value);
    else if (field === 'id' && !value.includes('\0')) id = value;
  }

  return {
    /** @throws RangeError if a line does not end */
    feed(chunk) {
      buffer += chunk;
      if (isStart && buffer.length > 0) {
        isStart = false;
        // A byte order mark is not part of the first line.
        if (buffer.startsWith('\uFEFF')) buffer = buffer.slice(1);
      }
      // The last part may continue in the next chunk, and a trailing CR may be half of CRLF.
      const lines = buffer.split(/\r\n|\n|\r(?!$)/);
      buffer = lines.pop() ?? '';
      if (buffer.length > MAX_BUFFERED_CHARACTERS) throw new RangeError('a line of the stream does not end');
      for (const line of lines) takeLine(line);
    },
  };
}
