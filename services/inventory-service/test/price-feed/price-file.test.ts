import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError } from '@cnop/common/config/read-config';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readPriceFile } from '../../src/price-feed/price-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-prices-'));
});
afterAll(() => rm(folder, { recursive: true }));

const write = async (content: string | Buffer) => {
  const file = path.join(folder, 'prices.csv');
  await writeFile(file, content);
  return file;
};
const complaintAbout = async (content: string | Buffer): Promise<string> => {
  const file = await write(content);
  const error: unknown = await readPriceFile(file).catch((reason: unknown) => reason);
  // The command line prints the message of a ConfigError alone, and of anything else the stack.
  expect(error).toBeInstanceOf(ConfigError);
  const { message } = error as ConfigError;
  expect(message).toContain(file);
  expect(message).not.toContain('\n');
  return message;
};

const CANDLES = `open_time,open,high,low,close,volume
2023-03-01T00:00:00Z,10,14,8,12,3
2023-03-01T00:01:00Z,12,13,9,10,4
`;
const START = Date.UTC(2023, 2, 1);
const PLAYED = [
  [0, '10'],
  [15, '8'],
  [30, '14'],
  [45, '12'],
  [60, '12'],
  [75, '13'],
  [90, '9'],
  [105, '10'],
];

describe('a file of prices', () => {
  test.each([
    ['commas and LF', CANDLES],
    ['a byte order mark', `\uFEFF${CANDLES}`],
    ['CRLF', CANDLES.replaceAll('\n', '\r\n')],
    ['semicolons', CANDLES.replaceAll(',', ';')],
    ['tabs', CANDLES.replaceAll(',', '\t')],
    ['quoted cells', CANDLES.replaceAll(/[^,\n]+/g, '"$&"')],
    ['quoted cells and semicolons', CANDLES.replaceAll(/[^,\n]+/g, '"$&"').replaceAll(',', ';')],
    ['spaces around cells', CANDLES.replaceAll(',', ' , ')],
    ['blank lines and no last line end', `\n${CANDLES.replaceAll('\n', '\n\n').trimEnd()}`],
    [
      'seconds since 1970',
      CANDLES.replace('2023-03-01T00:00:00Z', '1677628800').replace('2023-03-01T00:01:00Z', '1677628860'),
    ],
    [
      'microseconds since 1970',
      CANDLES.replace('2023-03-01T00:00:00Z', '1677628800000000').replace(
        '2023-03-01T00:01:00Z',
        '1677628860000000',
      ),
    ],
    ['another offset', CANDLES.replaceAll(/T00:(..):00Z/g, 'T05:$1:00+05:00')],
  ])('with %s is read', async (_what, text) => {
    const track = await readPriceFile(await write(text));
    expect(track.map(({ atMilliseconds, mid }) => [(atMilliseconds - START) / 1_000, mid])).toEqual(PLAYED);
  });

  const FORMS = /RFC 3339 with an offset .* a date alone .* seconds, milliseconds or microseconds since 1970/;

  test.each(['01.03.2023', '03/04/2023 10:00', '2023-03-01 00:00:00', '2023-02-30', '5', 'foo 7'])(
    'with the time %s is refused with file, line and the accepted forms',
    async (time) => {
      const complaint = await complaintAbout(`open_time,close\n2023-02-28,1\n${time},1\n`);
      expect(complaint).toContain(`line 3: "${time}"`);
      expect(complaint).toMatch(FORMS);
    },
  );

  test.each([
    ['seconds and milliseconds', '1677628800,1\n1677628860000,1', 'line 3: this time is in milliseconds'],
    ['microseconds and seconds', '1677628800000000,1\n1677628860,1', 'line 3: this time is in seconds'],
    ['RFC 3339 and seconds', '2023-03-01,1\n1677715200,1', 'line 3: this time is in seconds'],
    ['time that goes back', '2023-03-02,1\n2023-03-01,1', 'line 3: time goes back'],
    ['a time twice', '2023-03-01,1\n2023-03-01T00:00:00Z,1', 'line 3: time goes back'],
    ['a price with a comma', '2023-03-01,1,5', 'line 2: there are 3 cells for 2 columns'],
    ['an exponent', '2023-03-01,1e5', 'line 2: "1e5" is no price'],
    ['a price of zero', '2023-03-01,0.0', 'line 2: "0.0" is no price'],
    ['a negative price', '2023-03-01,-1', 'line 2: "-1" is no price'],
    ['an empty cell', '2023-03-01,', 'line 2: an empty cell is no price'],
    ['a line cut short', '2023-03-01', 'line 2: there are 1 cells for 2 columns'],
    ['an open quote', '2023-03-01,"1', 'line 2'],
    ['an endless cell', `2023-03-01,${'9'.repeat(5_000)}`, `line 2: "${'9'.repeat(40)}…" is no price`],
    ['no line', '', 'there is no line with prices'],
  ])('with %s is refused', async (_what, lines, complaint) => {
    expect(await complaintAbout(`open_time,close\n${lines}`)).toContain(complaint);
  });

  test.each([
    ['no times', 'time,close\n1,1', 'line 1: there is no column open_time'],
    ['no closes', 'open_time,price\n1,1', 'line 1: there is no column close'],
    ['two columns of closes', 'open_time,close,close\n1,1,1', 'line 1: there are two columns close'],
    ['another separator', 'open_time|close\n1|1', 'separated by comma, semicolon or tab'],
    ['nothing in it', '', 'line 1: there is no column open_time'],
  ])('with %s is refused', async (_what, text, complaint) => {
    expect(await complaintAbout(text)).toContain(complaint);
  });

  test.each([
    ['little-endian UTF-16', Buffer.from(`\uFEFF${CANDLES}`, 'utf16le')],
    ['big-endian UTF-16', Buffer.from(`\uFEFF${CANDLES}`, 'utf16le').swap16()],
    ['UTF-16 without a mark', Buffer.from(CANDLES, 'utf16le')],
  ])('in %s is refused', async (_what, content) => {
    expect(await complaintAbout(content)).toContain('UTF-16; save it as UTF-8');
  });

  test('that is not UTF-8 is refused', async () => {
    const latin1 = Buffer.from('open_time,close,Währung\n2023-03-01,1,x\n', 'latin1');
    expect(await complaintAbout(latin1)).toContain('save it as UTF-8');
  });

  test('that does not exist is refused', async () => {
    await expect(readPriceFile('/nowhere/btc.csv')).rejects.toThrow(
      /\/nowhere\/btc\.csv cannot be read: ENOENT/,
    );
    await expect(readPriceFile(folder)).rejects.toThrow(ConfigError);
  });
});
