import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StreamFrame } from '../../src/live/stream-frames.ts';
import { createFrameReader } from '../../src/live/stream-frames.ts';

function read(...chunks: Uint8Array[]): StreamFrame[] {
  const frames: StreamFrame[] = [];
  const readChunk = createFrameReader((frame) => frames.push(frame));
  for (const chunk of chunks) readChunk(chunk);
  return frames;
}

const readText = (...texts: string[]) => read(...texts.map((text) => new TextEncoder().encode(text)));

const frame = (type: string, data: unknown) =>
  readText(`event: ${type}\ndata: ${JSON.stringify(data)}\n\n`)[0];

describe('a frame of the stream', () => {
  it('has a price', () => {
    const quote = {
      asset_id: 'BTC',
      bid: '99.5',
      ask: '100.5',
      mid: '100',
      at: '2026-01-31T12:00:00.000Z',
      source: 'simulated',
      seq: 7,
    };
    const { asset_id: assetId, ...price } = quote;
    expect(frame('price.updated', quote)).toEqual({ kind: 'price', assetId, price });
  });

  it('has an event of the user', () => {
    const event = {
      seq: 3,
      id: 'e-3',
      type: 'balance.changed',
      occurred_at: '2026-01-31T12:00:00.000Z',
      username: 'ada_l',
      data: { balance: { current_balance: '5.00', held_balance: '0.00' } },
    };
    expect(frame('balance.changed', event)).toEqual({ kind: 'event', event });
  });

  it('has the position of the stream and of its reset', () => {
    expect(frame('hello', { username: 'ada_l', last_seq: 4 })).toEqual({ kind: 'hello', lastSeq: 4 });
    expect(frame('reset', { after: 1, last_seq: 9 })).toEqual({ kind: 'reset', lastSeq: 9 });
  });

  it('has the reason of its end', () => {
    expect(frame('closing', { reason: 'token_expired' })).toEqual({
      kind: 'closing',
      reason: 'token_expired',
    });
    expect(frame('session.revoked', { data: {} })).toEqual({ kind: 'session-over' });
  });

  it('is ignored if it is unknown or unreadable', () => {
    expect(frame('weather.changed', { sun: true })).toBeUndefined();
    expect(frame('price.updated', { asset_id: 'BTC', mid: 'NaN' })).toBeUndefined();
    expect(readText('event: hello\ndata: {\n\n')).toEqual([]);
  });
});

const HELLO = { kind: 'hello', lastSeq: 4 };

describe('the reader of frames', () => {
  it('ignores comments, retry lines, unknown fields and events without data', () => {
    expect(readText(':\n\n', 'retry: 2000\n\n', 'retry: soon\n\n', 'x: 1\n\n', 'event: hello\n\n')).toEqual(
      [],
    );
  });

  it('joins several lines of data', () => {
    expect(readText('id: 4\nevent: hello\ndata: {"last_seq":\ndata:4}\n\n')).toEqual([HELLO]);
  });

  it('does not carry a type over to the next event', () => {
    expect(readText('event: hello\n\ndata: {"last_seq":4}\n\n')).toEqual([]);
  });

  it('waits for the end of a frame', () => {
    expect(readText('event: hello\ndata: {"last_seq":4}\n')).toEqual([]);
    expect(readText('event: hello\ndata: {"last_seq":4}\n', '\n')).toEqual([HELLO]);
  });

  it('skips a byte order mark', () => {
    expect(readText('\uFEFFevent: hello\ndata: {"last_seq":4}\n\n')).toEqual([HELLO]);
  });

  it('reads the same frames for all chunks and line breaks', () => {
    const stream =
      'retry: 2000\nid: 4\nevent: hello\ndata: {"last_seq":\ndata: 4}\n\n:\n\n' +
      'event: closing\ndata: {"reason":"é: 12 €"}\n\n';
    const expected = [HELLO, { kind: 'closing', reason: 'é: 12 €' }];
    expect(readText(stream)).toEqual(expected);
    fc.assert(
      fc.property(
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.array(fc.nat(stream.length * 2), { maxLength: 20 }),
        (lineBreak, cuts) => {
          // A trailing CR could be half of CRLF, so more input has to follow.
          const bytes = new TextEncoder().encode(`${stream.replaceAll('\n', lineBreak)}:${lineBreak}`);
          const ends = [...new Set(cuts)]
            .filter((cut) => cut < bytes.length)
            .sort((one, other) => one - other);
          const chunks = [...ends, bytes.length].map((end, index) => bytes.slice(ends[index - 1] ?? 0, end));
          expect(read(...chunks)).toEqual(expected);
        },
      ),
    );
  });

  it('refuses a frame that does not end', () => {
    expect(() => readText('x'.repeat(1_000_001))).toThrow('max buffer size');
    expect(() => readText(...Array<string>(101).fill(`data: ${'x'.repeat(10_000)}\n`))).toThrow(
      'max buffer size',
    );
  });
});
