import { aTime } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';
import type { ConversionPreview } from '../../../src/api/account/wallets.ts';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import {
  errorsOfProblem,
  errorsOfReasons,
  midRate,
  rateBound,
  rateTime,
  readConversion,
  spreadCost,
} from '../../../src/features/convert/conversion-form.ts';
import { pairOf } from '../../../src/features/convert/convert-search.ts';

const quote = (bid: string, mid: string, ask: string, at: string) => ({ bid, mid, ask, at: aTime(at) });
const EARLIER = '2026-01-31T12:00:00.000Z';
const LATER = '2026-01-31T12:00:01.000Z';
const cash = { before: { available: '0' }, after: null };
const preview: ConversionPreview = {
  would_be: 'completed',
  debited: '100.00',
  credited: '109.89',
  rate: '1.0989',
  from_quote: quote('1.0989', '1.1', '1.1011', EARLIER),
  to_quote: null,
  balances: { from: cash, to: cash },
  reasons: [],
};

describe('the form of a conversion', () => {
  const form = { from: 'EUR', to: 'JPY', tolerance: '0.5' } as const;

  it('reads the amount in the currency in which it was typed', () => {
    expect(readConversion({ ...form, amount: '12,5', fixes: 'from' }).request).toEqual({
      from: 'EUR',
      to: 'JPY',
      amount: '12.5',
      fixes: 'from',
    });
    expect(readConversion({ ...form, amount: '12.5', fixes: 'to' })).toMatchObject({ request: undefined });
    expect(readConversion({ ...form, amount: '2000', fixes: 'to' }).request?.amount).toBe('2000');
    expect(readConversion({ ...form, amount: '', fixes: 'to' })).toMatchObject({ isMissing: true });
  });

  it('bounds the rate by the accepted share, rounded down', () => {
    expect(rateBound('1.0989', '0.5')).toBe('1.0934055');
    expect(rateBound('0.00642206', '1')).toBe('0.0063578394');
    expect(rateBound('1.0989', 'any')).toBeUndefined();
  });

  it('never has one currency on both sides', () => {
    expect(pairOf({})).toEqual({ from: 'USD', to: 'EUR' });
    expect(pairOf({ from: 'JPY' })).toEqual({ from: 'JPY', to: 'USD' });
    expect(pairOf({ to: 'USD' })).toEqual({ from: 'EUR', to: 'USD' });
    expect(pairOf({ from: 'EUR', to: 'EUR' })).toEqual({ from: 'EUR', to: 'USD' });
  });
});

describe('the terms of a conversion', () => {
  it('say what the spread costs, in the currency that is received', () => {
    expect(midRate(preview)).toBe('1.1');
    expect(spreadCost(preview, { to: 'USD' })).toEqual({ amount: '0.11', percent: '0.1' });
    expect(spreadCost({ ...preview, credited: null }, { to: 'USD' })).toBeUndefined();
  });

  it('are as old as the older of the two quotes', () => {
    const both = { ...preview, to_quote: quote('1', '1', '1', LATER) };
    expect(rateTime(both)).toBe(EARLIER);
    expect(rateTime({ ...preview, from_quote: null })).toBeUndefined();
  });
});

describe('a refusal', () => {
  it.each([
    ['BUS_001', 'amount', { amount: 'Exceeds your available balance.' }],
    ['SVC_001', null, { form: 'There is no current rate. Wait a moment: it is read again.' }],
    ['BUS_002', 'rate_bound', { form: 'The rate became worse than you accept. Look at the new rate.' }],
    ['BUS_002', 'amount', { amount: 'Too little.' }],
    ['AUTH_002', null, { form: 'Too little.' }],
  ] as const)('%s at %s is shown where it can be mended', (code, field, errors) => {
    expect(errorsOfReasons([{ code, field, message: 'Too little.' }])).toEqual(errors);
    const fields = field === null ? [] : [{ field, message: 'Too little.' }];
    expect(errorsOfProblem(new ApiProblem('Too little.', { status: 422, code, fields }))).toEqual(errors);
  });
});
