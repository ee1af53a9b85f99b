import { anAssetId } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import {
  coolDownText,
  errorsOfProblem,
  errorsOfReasons,
  ratesText,
  readStake,
} from '../../../src/features/staking/stake-words.ts';

const rate = (rate_percent: string | null, from_day = '2026-01-01') => ({
  rate_percent,
  from_day,
  cooldown_days: 7,
});

describe('the rate of an asset', () => {
  it.each([
    [rate('4.1234'), null, '4.1234% a year'],
    [rate('4.5'), rate('5', '2026-01-16'), '4.5% a year, 5% a year from 2026-01-16 (UTC)'],
    [null, rate('5', '2026-01-16'), '5% a year from 2026-01-16 (UTC)'],
    [rate('4.5'), rate(null, '2026-01-16'), '4.5% a year, closed from 2026-01-16 (UTC)'],
    [rate(null), null, 'closed'],
  ])('%j, then %j is shown with all its digits', (today, next, text) => {
    expect(ratesText({ rate: today, next_rate: next })).toBe(text);
  });

  it('has a cool-down of whole days, or none', () => {
    expect([0, 1, 7].map(coolDownText)).toEqual(['none', '1 day', '7 days']);
  });
});

describe('the form of a stake', () => {
  const change = { kind: 'stake', asset_id: anAssetId('SOL') } as const;

  it('reads a quantity with the digits of the asset', () => {
    expect(readStake({ ...change, quantity: '1,000.50' }, { scale: 6 }).request).toEqual({
      ...change,
      quantity: '1000.5',
    });
    expect(readStake({ ...change, quantity: '0.5' }, { scale: 0 })).toMatchObject({
      request: undefined,
      error: 'Enter a whole number.',
    });
    expect(readStake({ ...change, quantity: ' ' }, { scale: undefined }).isMissing).toBe(true);
  });
});

describe('a refusal', () => {
  it.each([
    ['BUS_001', 'stake', { quantity: 'Exceeds your available units.' }],
    ['BUS_001', 'unstake', { quantity: 'Exceeds the units that you have staked.' }],
    ['BUS_003', 'stake', { form: 'SOL is not open for staking' }],
  ] as const)('%s of %s is shown where it can be mended', (code, kind, errors) => {
    const message = 'SOL is not open for staking';
    expect(errorsOfReasons([{ code, message }], kind)).toEqual(errors);
    expect(errorsOfProblem(new ApiProblem(message, { status: 422, code }), kind)).toEqual(errors);
  });

  it('of a field is shown at the field', () => {
    const fields = [{ field: 'quantity', message: 'Too precise.' }];
    const problem = new ApiProblem('Wrong.', { status: 422, code: 'VAL_001', fields });
    expect(errorsOfProblem(problem, 'stake')).toEqual({ quantity: 'Too precise.' });
  });
});
