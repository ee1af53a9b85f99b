import { describe, expect, test, vi } from 'vitest';
import { readRecordedTime } from '../../src/domain/recorded-time.ts';

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
    expect(readRecordedTime(text)?.milliseconds).toBe(milliseconds);
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
    expect(readRecordedTime(text)).toBeUndefined();
  });

  test.each(['America/New_York', 'Europe/Berlin', 'Pacific/Kiritimati'])('is the same in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    // The stub works: a time without an offset would be read as one of this zone.
    expect(Date.parse('2023-03-26T00:00:00')).not.toBe(Date.UTC(2023, 2, 26));
    const texts = ['2023-03-26', '2023-03-26T02:30:00+01:00', '1679794200'];
    expect(texts.map((text) => readRecordedTime(text)?.milliseconds)).toEqual([
      Date.UTC(2023, 2, 26),
      Date.UTC(2023, 2, 26, 1, 30),
      Date.UTC(2023, 2, 26, 1, 30),
    ]);
  });
});
