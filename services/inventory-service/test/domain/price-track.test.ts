import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import type { RecordedLine } from '../../src/domain/price-track.ts';
import { parseRecordedTime, priceTrack } from '../../src/domain/price-track.ts';

const MINUTE = 60_000;
const START = Date.parse('2024-01-05T00:00:00Z');

const candle = (minute: number, prices: readonly string[]): RecordedLine => ({
  line: minute + 2,
  time: new Date(START + minute * MINUTE).toISOString(),
  prices,
});
const minutesOf = (lines: readonly RecordedLine[]) =>
  priceTrack(lines).map(({ atMilliseconds, mid }) => [(atMilliseconds - START) / MINUTE, mid]);

describe('a track of prices', () => {
  test('gives a candle before a gap the usual span', () => {
    const lines = [0, 5, 6, 7].map((minute) => candle(minute, ['2', '3', '1', '2']));
    expect(minutesOf(lines).slice(0, 8)).toEqual([
      [0, '2'],
      [0.25, '1'],
      [0.5, '3'],
      [0.75, '2'],
      [5, '2'],
      [5.25, '1'],
      [5.5, '3'],
      [5.75, '2'],
    ]);
  });

  test('ends a candle where the next one begins', () => {
    const lines = [0, 10, 20, 22, 32].map((minute) => candle(minute, ['2', '3', '1', '2']));
    expect(minutesOf(lines).slice(8, 13)).toEqual([
      [20, '2'],
      [20.5, '1'],
      [21, '3'],
      [21.5, '2'],
      [22, '2'],
    ]);
  });

  test('spreads a single line over a minute', () => {
    expect(minutesOf([candle(0, ['7'])])).toEqual([[0.75, '7']]);
  });

  test('has every price of the table once, in the order of time, with any gaps', () => {
    const gaps = fc.array(fc.integer({ min: 1, max: 4_000 }), { minLength: 1, maxLength: 60, size: 'max' });
    fc.assert(
      fc.property(gaps, fc.boolean(), (distances, hasCandles) => {
        let seconds = 0;
        const lines = distances.map((distance, i): RecordedLine => {
          seconds += distance;
          const close = String(1_000 + i);
          return {
            line: i + 2,
            time: String(1_700_000_000 + seconds),
            prices: hasCandles ? [close, `${close}.2`, `${close}.1`, close] : [close],
          };
        });
        const track = priceTrack(lines);
        const times = track.map(({ atMilliseconds }) => atMilliseconds);
        expect(times).toEqual(times.toSorted((one, other) => one - other));
        expect(track.map(({ mid }) => mid)).toEqual(
          lines.flatMap(({ prices: [open = '', high = '', low = ''] }) =>
            hasCandles ? [open, low, high, open] : [open],
          ),
        );
        // Each price is played within the span of its line.
        const perLine = hasCandles ? 4 : 1;
        for (const [i, at] of times.entries()) {
          const beginning = (line: number) => Number(lines[line]?.time ?? Infinity) * 1_000;
          expect(at).toBeGreaterThanOrEqual(beginning(Math.floor(i / perLine)));
          expect(at).toBeLessThan(beginning(Math.floor(i / perLine) + 1));
        }
      }),
    );
  });
});

const NINE = Date.UTC(2023, 2, 1, 9, 30);

describe('a recorded time', () => {
  test.each([
    ['2023-03-01T09:30:00Z', NINE],
    ['2023-03-01t09:30:00z', NINE],
    ['2023-03-01 09:30:00+00:00', NINE],
    ['2023-03-01T18:30:00+09:00', NINE],
    ['2023-02-28T23:00:00-10:30', NINE],
    ['2023-03-01T09:30:00.250Z', NINE + 250],
    ['2023-03-01', Date.UTC(2023, 2, 1)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['1677663000', NINE],
    ['1677663000000', NINE],
    ['1677663000000000', NINE],
    ['946684800', Date.UTC(2000, 0, 1)],
  ])('%s is read', (text, milliseconds) => {
    expect(parseRecordedTime(text)?.milliseconds).toBe(milliseconds);
  });

  test.each([
    '01.03.2023',
    '03/04/2023 10:00',
    '2023-03-01 00:00:00',
    '2023-03-01T00:00:00',
    '2023-03-01T00:00Z',
    '2023-02-30',
    '2023-02-29',
    '2023-13-01',
    '2023-02-30T00:00:00Z',
    '2023-03-01T24:00:00Z',
    '2023-03-01T00:60:00Z',
    '2023-03-01T00:00:00+24:00',
    '2023-3-1',
    '20230301',
    '5',
    '-5',
    'foo 7',
    '1677663000.5',
    '1.677663e9',
    '16776630001',
    'March 7, 2023',
    'now',
    '',
  ])('%s is refused', (text) => {
    expect(parseRecordedTime(text)).toBeUndefined();
  });

  test.each(['America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati'])('is the same in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    // The stub works: a time without an offset would be read as one of this zone.
    expect(Date.parse('2023-03-26T00:00:00')).not.toBe(Date.UTC(2023, 2, 26));
    const texts = ['2023-03-26', '2023-03-26T02:30:00+01:00', '1679794200'];
    expect(texts.map((text) => parseRecordedTime(text)?.milliseconds)).toEqual([
      Date.UTC(2023, 2, 26),
      Date.UTC(2023, 2, 26, 1, 30),
      Date.UTC(2023, 2, 26, 1, 30),
    ]);
  });
});
