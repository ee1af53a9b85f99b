import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamEvent } from '../../src/live/sse-parser.ts';
import { createSseParser } from '../../src/live/sse-parser.ts';

function parse(...chunks: string[]): StreamEvent[] {
  const events: StreamEvent[] = [];
  const parser = createSseParser((event) => events.push(event));
  for (const chunk of chunks) parser.feed(chunk);
  return events;
}

describe('the parser of the stream', () => {
  it('reads type, id and data of an event', () => {
    expect(parse('id: 7\nevent: order.completed\ndata: {"seq":7}\n\n')).toEqual([
      { type: 'order.completed', id: '7', data: '{"seq":7}' },
    ]);
  });

  it('ignores comments, retry lines and events without data', () => {
    expect(parse(':\n\n', 'retry: 2000\n\n', 'event: hello\n\n')).toEqual([]);
  });

  it('joins several lines of data', () => {
    expect(parse('data: one\ndata:two\n\n')).toEqual([{ type: 'message', id: undefined, data: 'one\ntwo' }]);
  });

  it('does not carry an id over to the next event', () => {
    expect(parse('id: 1\ndata: a\n\ndata: b\n\n').map(({ id }) => id)).toEqual(['1', undefined]);
  });

  it('waits for the end of an event', () => {
    expect(parse('data: a\n')).toEqual([]);
    expect(parse('data: a\n', '\n')).toHaveLength(1);
  });

  it('skips a byte order mark', () => {
    expect(parse('\uFEFFdata: a\n\n')).toHaveLength(1);
  });

  it('reads the same events for all chunks and line breaks', () => {
    const stream =
      'retry: 2000\nevent: hello\ndata: {}\n\n:\n\nid: 1\nevent: a\ndata: x: y\ndata: é\n\ndata: z\n\n';
    const expected = parse(stream);
    expect(expected).toHaveLength(3);
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(stream.length * 2), { maxLength: 20 }),
        (lineBreak, cuts) => {
          // A trailing CR could be half of CRLF, so more input has to follow.
          const text = `${stream.replaceAll('\n', lineBreak)}:${lineBreak}`;
          const ends = [...new Set(cuts)]
            .filter((cut) => cut < text.length)
            .sort((one, other) => one - other);
          const chunks = [...ends, text.length].map((end, index) => text.slice(ends[index - 1] ?? 0, end));
          expect(parse(...chunks)).toEqual(expected);
        },
      ),
    );
  });

  it('refuses a line that does not end', () => {
    expect(() => parse('x'.repeat(1_000_001))).toThrow(RangeError);
  });
});
