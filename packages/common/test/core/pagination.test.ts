import { decodeCursor, encodeCursor } from '@cnop/common/core/pagination';
import { UnreadableRequestError } from '@cnop/exception/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const POSITION = { pk: 'alice', sk: 'TRANS#000000000001-x' };
const FILTER = 'transactions:alice:deposit';

function toCursor(content: string): string {
  return Buffer.from(content).toString('base64url');
}

describe('a cursor', () => {
  it('decodes to the position that it encodes', () => {
    const part = fc.string({ unit: 'binary', maxLength: 40 });
    const positionArbitrary = fc.record(
      { pk: part, sk: part, indexSk: part },
      { requiredKeys: ['pk', 'sk'] },
    );
    fc.assert(
      fc.property(positionArbitrary, part, (position, filter) => {
        const cursor = encodeCursor(position, filter);
        expect(cursor).toMatch(/^[\w-]+$/);
        expect(decodeCursor(cursor, filter)).toEqual(position);
      }),
    );
  });

  it('is within its limit of length for the longest keys', () => {
    const longest = {
      pk: `TRANS#${'a'.repeat(50)}#${'A'.repeat(10)}`,
      sk: `2026-01-15T12:00:00.000Z#${'a'.repeat(100)}`,
      indexSk: `2026-01-15T12:00:00.000Z#${'a'.repeat(100)}`,
    };
    expect(decodeCursor(encodeCursor(longest, 'f'.repeat(200)), 'f'.repeat(200))).toEqual(longest);
  });

  it('is refused with another filter', () => {
    const cursor = encodeCursor(POSITION, FILTER);
    for (const filter of ['', `${FILTER} `, 'transactions:bob:deposit', FILTER.toUpperCase()]) {
      expect(() => decodeCursor(cursor, filter)).toThrow('belongs to another filter');
    }
  });

  it.each([
    ['nothing', ''],
    ['words', 'not a cursor!'],
    ['JSON itself', '{"f":"","p":{}}'],
    ['an empty object', toCursor('{}')],
    ['a number', toCursor('1')],
    ['null', toCursor('null')],
    ['a text', toCursor('"x"')],
    ['no position', toCursor(JSON.stringify({ f: FILTER }))],
    ['a null position', toCursor(JSON.stringify({ f: FILTER, p: null }))],
    ['a text as position', toCursor(JSON.stringify({ f: FILTER, p: 'x' }))],
    ['a list as position', toCursor(JSON.stringify({ f: FILTER, p: ['alice', 'x'] }))],
    ['a position of numbers', toCursor(JSON.stringify({ f: FILTER, p: { pk: 1, sk: 2 } }))],
    ['a position with an object', toCursor(JSON.stringify({ f: FILTER, p: { pk: { a: 'b' } } }))],
    ['half of a cursor', encodeCursor(POSITION, FILTER).slice(0, 20)],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00]).toString('base64url')],
    ['a huge one', toCursor(JSON.stringify({ f: FILTER, p: { pk: 'x'.repeat(100_000) } }))],
  ])('is refused with 400: %s', (_name, cursor) => {
    const decode = (): unknown => decodeCursor(cursor, FILTER);
    expect(decode).toThrow(UnreadableRequestError);
    expect(decode).toThrow(expect.objectContaining({ status: 400, code: 'VAL_002' }));
  });

  it('is decoded or refused with 400 for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.base64String(), fc.json().map(toCursor)), (cursor) => {
        try {
          decodeCursor(cursor, FILTER);
        } catch (error) {
          expect(error).toBeInstanceOf(UnreadableRequestError);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('names its parameter in the error', () => {
    const fieldError = { field: 'cursor', parameter: 'cursor', code: 'invalid_cursor' };
    expect(() => decodeCursor('x', FILTER)).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining(fieldError)] }),
    );
  });

  it('cannot set a prototype', () => {
    const cursor = toCursor(`{"f":${JSON.stringify(FILTER)},"p":{"__proto__":"x","pk":"a","sk":"b"}}`);
    decodeCursor(cursor, FILTER);
    expect({}).not.toHaveProperty('x');
  });
});
