import { describe, expect, it } from 'vitest';
import type { ReplayCommand } from '../../src/commands/replay.ts';
import { runReplayCommand } from '../../src/commands/replay.ts';
import { withPriceFile } from '../replay/made-up-markets.ts';

const ROWS = [
  'open_time,close',
  ...Array.from({ length: 40 }, (_, minute) => {
    const price = 100 + 8 * Math.sin(minute / 3);
    return `${new Date(Date.UTC(2023, 2, 1, 0, minute)).toISOString()},${price.toFixed(2)}`;
  }),
];

async function run({
  name = 'BTC-1m.csv',
  rows = ROWS,
  ...command
}: Partial<ReplayCommand> & { readonly name?: string; readonly rows?: readonly string[] } = {}) {
  let out = '';
  let errors = '';
  const code = await withPriceFile(name, rows, async (file) =>
    runReplayCommand(
      { file, orders: 25, seed: 1, ...command },
      {
        print: (text) => {
          out += text;
        },
        printError: (text) => {
          errors += text;
        },
      },
    ),
  );
  return { code, out, errors };
}

describe('cnop replay', () => {
  it('ends with 0 when every order agrees', async () => {
    const { code, out } = await run();
    expect(out).toContain('25 of 25 orders as the walk over the file says; 0 violations');
    expect(code).toBe(0);
  });

  it('ends with 1 when the order service missed prices, and says which order differs', async () => {
    const { code, out } = await run({
      distort: (track) => track.map((point) => ({ ...point, mid: track[0]?.mid ?? point.mid })),
    });
    expect(out).toMatch(/expected completed at .* was queued/);
    expect(code).toBe(1);
  });

  it.each([
    ['a time that is none', [...ROWS, 'foo 7,1'], 'line 42: "foo 7" is no time'],
    ['time that goes back', [...ROWS, '2023-03-01T00:00:00Z,1'], 'line 42: time goes back'],
    ['no prices', ['open_time,close'], 'there is no line with prices'],
  ])('ends with 2 and one line for a file with %s', async (_what, rows, complaint) => {
    const { code, out, errors } = await run({ rows });
    expect(errors).toContain(complaint);
    expect(errors.trimEnd().split('\n')).toHaveLength(1);
    expect(out).toBe('');
    expect(code).toBe(2);
  });

  it.each(['2023-03.csv', '-BTC.csv', 'a-name-is-too-long.csv'.replaceAll('-', ''), '価格.csv'])(
    'ends with 2 for %s, whose name gives no asset, and says how to name one',
    async (name) => {
      const { code, errors } = await run({ name });
      expect(errors).toContain('Name the asset: --asset BTC');
      expect(code).toBe(2);
      expect((await run({ name, asset: 'btc' })).code).toBe(0);
    },
  );

  it('ends with 2 for an invalid asset id', async () => {
    const { code, errors } = await run({ asset: 'BTC/USD' });
    expect(errors).toBe('--asset BTC/USD: an asset id has 1-10 letters and digits, such as BTC\n');
    expect(code).toBe(2);
  });

  it('ends with 3 when the replay does not finish', async () => {
    const { code, errors } = await run({
      distort: () => {
        throw new Error('no space left on device');
      },
    });
    expect(errors).toContain('no space left on device');
    expect(code).toBe(3);
  });
});
