import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCsv } from '../../src/core/csv.ts';

/** Parses a table by the grammar of RFC 4180, character by character. */
function parse(csv: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let field = '';
  let isQuoted = false;
  for (let at = 0; at < csv.length; at += 1) {
    const next = csv.charAt(at);
    if (isQuoted) {
      if (next !== '"') field += next;
      else if (csv.charAt(at + 1) === '"') field += csv.charAt((at += 1));
      else isQuoted = false;
    } else if (next === '"') isQuoted = true;
    else if (next === ',' || next === '\r') {
      row.push(field);
      field = '';
      if (next === ',') continue;
      expect(csv.charAt((at += 1))).toBe('\n');
      rows.push(row);
      row = [];
    } else field += next;
  }
  expect([row, field, isQuoted]).toEqual([[], '', false]);
  return rows;
}

/** Returns the text that a spreadsheet shows for a cell. */
function harmless(text: string): string {
  const first = text.trimStart().charAt(0);
  const isDecimal =
    text.startsWith('-') && /^-(0|[1-9]\d{0,14})(\.\d{1,18})?$/.test(text) && Number(text) !== 0;
  const isFormula = '=+-@＝＋－＠'.includes(first) && first !== '';
  return (isFormula && !isDecimal) || ['\t', '\r', '\n'].includes(text.charAt(0)) ? `'${text}` : text;
}

const awkward = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', "'", 'a', ' ') }),
);

describe('a table', () => {
  it('parses back to the same cells', () => {
    const tables = fc.integer({ min: 1, max: 5 }).chain((width) => {
      const row = fc.array(awkward, { minLength: width, maxLength: width });
      return fc.tuple(row, fc.array(row, { maxLength: 5 }));
    });
    const asShown = (row: readonly string[]) => row.map(harmless);
    fc.assert(
      fc.property(tables, ([header, rows]) => {
        expect(parse(formatCsv(header, rows))).toEqual([asShown(header), ...rows.map(asShown)]);
      }),
    );
  });

  it('quotes only what needs it', () => {
    expect(formatCsv(['a', 'b'], [['1', 'x,"y"\n']])).toBe('a,b\r\n1,"x,""y""\n"\r\n');
  });

  it('without rows is its header', () => {
    expect(formatCsv(['a', 'b'], [])).toBe('a,b\r\n');
  });
});

describe('a cell of a spreadsheet', () => {
  const cellOf = (text: string) => parse(formatCsv([text], []))[0]?.[0];

  it.each([
    '=1+1',
    '+1',
    '-1+1',
    '-',
    '@SUM(A1)',
    '\t=1',
    '\ttext',
    '\r=1',
    '\rtext',
    '\ntext',
    ' =1',
    '\uFEFF=1',
    '=HYPERLINK("http://x","y")',
    '＝1+1',
    '＋1',
    '－1',
    '＠SUM(A1)',
  ])('has an apostrophe in front of what would be a formula: %j', (text) =>
    expect(cellOf(text)).toBe(`'${text}`),
  );

  it.each(['', 'rent', "'=1", '1=1', 'a-b', 'x@example.com', '-12.50', '0.00000001', '-0.5'])(
    'stays as it is: %j',
    (text) => expect(cellOf(text)).toBe(text),
  );

  it('is quoted when it has a separator of another locale', () => {
    expect(formatCsv(['a;b', 'c\td'], [])).toBe('"a;b","c\td"\r\n');
  });
});
