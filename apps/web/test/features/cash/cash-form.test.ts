import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { balanceAfter, cashErrorsOf, readCashForm } from '../../../src/features/cash/cash-form.ts';

const deposit = (amount: string, description = '') =>
  readCashForm({ amount, description }, { move: 'deposit', currency: 'USD', available: '100.00' });
const withdrawal = (amount: string, available: string | undefined = '100.00') =>
  readCashForm({ amount, description: '' }, { move: 'withdraw', currency: 'USD', available });

describe('the cash form', () => {
  it.each([
    ['12,5', '12.5'],
    ['12.5', '12.5'],
    [' 1000000 ', '1000000'],
    ['0.01', '0.01'],
  ])('reads %j as %j', (typed, amount) => {
    expect(deposit(typed)).toEqual({
      request: { move: 'deposit', amount },
      errors: {},
      isAmountMissing: false,
    });
  });

  it.each(['1e5', '-1', '0', '12.345', '1,00,000.00', 'abc', '1000000.01'])('does not send %j', (typed) => {
    const { request, errors } = deposit(typed);
    expect(request).toBeUndefined();
    expect(errors.amount).toBeTruthy();
  });

  it('has no request and no error for an empty amount', () => {
    expect(deposit('')).toEqual({ request: undefined, errors: {}, isAmountMissing: true });
  });

  it('limits a withdrawal to the available balance once it is known', () => {
    expect(withdrawal('100').request?.amount).toBe('100');
    expect(withdrawal('100.01').errors.amount).toBe('Exceeds the available balance.');
    expect(
      readCashForm(
        { amount: '5', description: '' },
        { move: 'withdraw', currency: 'USD', available: undefined },
      ).request,
    ).toEqual({ move: 'withdraw', amount: '5' });
  });

  it('takes the digits of the currency, and names it if it is not USD', () => {
    const inYen = (amount: string) =>
      readCashForm({ amount, description: '' }, { move: 'deposit', currency: 'JPY', available: '0' });
    expect(inYen('5000000').request).toEqual({ move: 'deposit', amount: '5000000', currency: 'JPY' });
    expect(inYen('1.5').errors.amount).toBeTruthy();
    expect(balanceAfter('1000', inYen('500').request)).toBe('1500');
  });

  it('has no deposit limit for withdrawals', () => {
    expect(withdrawal('2000000', '3000000.00').request?.amount).toBe('2000000');
  });

  it('sends a note only if there is one, and none that is too long', () => {
    expect(deposit('1', '  rent ').request).toEqual({ move: 'deposit', amount: '1', description: 'rent' });
    const tooLong = deposit('1', 'x'.repeat(501));
    expect(tooLong.request).toBeUndefined();
    expect(tooLong.errors.description).toBe('Too long.');
  });
});

describe('a refused request', () => {
  it('shows errors at their fields', () => {
    const fields = [{ field: 'amount', message: 'At most 1000000.' }];
    expect(cashErrorsOf(new ApiProblem('Invalid: amount.', { status: 422, fields }))).toEqual({
      amount: 'At most 1000000.',
    });
  });

  it('for insufficient cash is about the amount, without figures that may be hidden', () => {
    const problem = new ApiProblem('Needed 5.00, available 4.00.', { status: 422, code: 'BUS_001' });
    expect(cashErrorsOf(problem)).toEqual({ amount: 'Exceeds the available balance.' });
  });

  it('of another kind is shown for the form', () => {
    expect(cashErrorsOf(new ApiProblem('Too many requests.', { status: 429 }))).toEqual({
      form: 'Too many requests.',
    });
  });
});

describe('the balance after a request', () => {
  it('is exact in both directions and unknown without its parts', () => {
    expect(balanceAfter('0.10', { move: 'deposit', amount: '0.2' })).toBe('0.30');
    expect(balanceAfter('0.30', { move: 'withdraw', amount: '0.1' })).toBe('0.20');
    expect(balanceAfter(undefined, { move: 'deposit', amount: '1' })).toBeUndefined();
    expect(balanceAfter('1.00', undefined)).toBeUndefined();
  });
});
