import { decimal } from '@cnop/common/core/money';
import { aTime } from '@cnop/testing/builders/brands';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { moneyWeightedReturn } from '../../../src/performance/domain/money-weighted-return.ts';

const DAY = 86_400_000;
const YEAR = 365 * DAY;
const START = Date.parse('2026-01-01T00:00:00.000Z');

/** Money that came in after some days; negative for money that left. */
const flow = (days: number, amount: number | string) => ({
  at: aTime(new Date(START + days * DAY).toISOString()),
  amount: decimal(String(amount)),
});

function solve(
  flows: readonly (readonly [number, number | string])[],
  end: readonly [number, number | string],
) {
  const worth = { start: flow(0, 0), end: flow(...end) };
  const solved = moneyWeightedReturn(
    flows.map(([days, amount]) => flow(days, amount)),
    worth,
  );
  const annual = (logGrowth: number) => Math.expm1((logGrowth * YEAR) / solved.milliseconds);
  return solved.kind === 'rate'
    ? { kind: solved.kind, annual: annual(solved.logGrowth) }
    : { kind: solved.kind, annual: solved.logGrowths.map(annual) };
}

describe('the money-weighted return', () => {
  it('is that of a spreadsheet', () => {
    // The example of the function XIRR: 1 January, 1 March and 30 October 2008, 15 February and 1 April 2009.
    const flows = [
      [0, 10_000],
      [60, -2_750],
      [303, -4_250],
      [411, -3_250],
    ] as const;
    expect(solve(flows, [456, 2_750]).annual).toBeCloseTo(0.373362535, 8);
  });

  it('of money that doubles in half a year is 300 % a year', () => {
    expect(solve([[0, 100]], [182.5, 200]).annual).toBeCloseTo(3, 12);
  });

  it('counts from the first payment', () => {
    expect(solve([[100, 100]], [465, 110]).annual).toBeCloseTo(0.1, 12);
  });

  it('has several solutions when more is taken out than was there at either', () => {
    const solved = solve(
      [
        [0, 1_600],
        [365, -10_000],
        [730, 10_000],
      ],
      [730, 0],
    );
    expect(solved.kind).toBe('several_solutions');
    expect(solved.annual).toEqual([expect.closeTo(0.25, 9), expect.closeTo(4, 9)]);
  });

  it.each([
    ['no_capital', [], 0],
    ['total_loss', [[0, 100]], 0],
    [
      'total_loss',
      [
        [0, 100],
        [20, 50],
      ],
      0,
    ],
    [
      'no_solution',
      [
        [0, 100],
        [100, -150],
        [200, 100],
      ],
      0,
    ],
    ['too_short', [[300, 100]], 100],
  ] as const)('has the answer %s', (kind, flows, end) => {
    expect(solve(flows, [300, end])).toEqual({ kind, annual: [] });
  });

  it('of a loss within a second is too far from any rate to be computed', () => {
    const flows = [
      [0, 1],
      [299.99999, 1_000_000],
    ] as const;
    expect(solve(flows, [300, 999_000])).toEqual({ kind: 'not_determined', annual: [] });
    expect(solve(flows, [300, 999_999]).annual).toBeCloseTo(-1, 6);
  });

  it('is not searched for endlessly among hundreds of payments to and fro', () => {
    const flows = Array.from({ length: 300 }, (_, day) => [day, day % 2 === 0 ? 100 : -150] as const);
    expect(solve(flows, [300, 1]).kind).toBe('not_determined');
  });

  it('is found for any rate and any payments into an account that pays out at the end', () => {
    const rate = fc.double({ min: -0.9, max: 9, noNaN: true });
    const payments = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 364 }), fc.integer({ min: 1, max: 10_000 })),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(rate, payments, (annual, flows) => {
        const end = flows.reduce(
          (sum, [days, amount]) => sum + amount * (1 + annual) ** ((365 - days) / 365),
          0,
        );
        const solved = solve(flows, [365, end.toFixed(9)]);
        expect(solved.annual).toBeCloseTo(annual, 5);
      }),
      { numRuns: 300 },
    );
  });
});
