import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import {
  allowanceSentence,
  EMPTY_TRANSFER_FORM,
  errorsOfProblem,
  errorsOfReasons,
  readTransferForm,
} from '../../../src/features/transfer/transfer-form.ts';

const read = (typed: Partial<typeof EMPTY_TRANSFER_FORM>) =>
  readTransferForm({ ...EMPTY_TRANSFER_FORM, ...typed }, { sender: 'alice', available: '100.00' });
const allowance = (changed: object = {}) => ({
  day: '2026-01-31',
  amount: { limit: null, used: '0.00' },
  count: { limit: null, used: 0 },
  frozen: false,
  ...changed,
});

describe('the transfer form', () => {
  it('reads the request as it is meant', () => {
    expect(read({ to: ' @Bob ', amount: '12,5', description: ' Lunch ' }).request).toEqual({
      to: 'bob',
      amount: '12.50',
      description: 'Lunch',
    });
    expect(read({ to: 'bob', amount: '1' }).request).toEqual({ to: 'bob', amount: '1.00' });
  });

  it.each([
    ['to', { to: 'alice', amount: '1' }],
    ['to', { to: 'not a name', amount: '1' }],
    ['amount', { to: 'bob', amount: '100.01' }],
    ['amount', { to: 'bob', amount: '1.234' }],
    ['amount', { to: 'bob', amount: '-1' }],
    ['description', { to: 'bob', amount: '1', description: 'x'.repeat(501) }],
  ] as const)('finds a wrong %s: %j', (field, typed) => {
    const { request, errors } = read(typed);
    expect(request).toBeUndefined();
    expect(Object.keys(errors)).toEqual([field]);
  });

  it('asks for empty fields only when it is submitted', () => {
    expect(read({})).toEqual({
      request: undefined,
      errors: {},
      missing: { to: 'Required.', amount: 'Required.' },
    });
  });
});

describe('a refusal', () => {
  it.each([
    ['BUS_001', 'amount', 'Exceeds your available balance.'],
    ['BUS_004', 'amount', 'Exceeds what you can still send today.'],
    ['RES_001', 'to', 'There is no user with this name.'],
    ['RES_003', 'to', 'This user cannot receive transfers at the moment.'],
    ['AUTH_002', 'form', 'Frozen.'],
  ] as const)('of %s is shown at %s', (code, field, text) => {
    expect(errorsOfReasons([{ code, message: 'Frozen.' }], allowance())).toEqual({ [field]: text });
    expect(errorsOfProblem(new ApiProblem('Frozen.', { status: 422, code }), undefined)).toEqual({
      [field]: text,
    });
  });

  it('says when all transfers of a day are used', () => {
    const used = allowance({ count: { limit: 2, used: 2 } });
    expect(errorsOfReasons([{ code: 'BUS_004', message: '' }], used).amount).toContain('midnight UTC');
  });

  it('shows the errors of fields at the fields', () => {
    const fields = [{ field: 'to', message: 'Transfer to another user.' }];
    expect(errorsOfProblem(new ApiProblem('Invalid.', { status: 422, fields }), undefined)).toEqual({
      to: 'Transfer to another user.',
    });
  });
});

describe('the limits of a day', () => {
  it('are one sentence, or none without a limit', () => {
    expect(allowanceSentence(allowance())).toBeUndefined();
    expect(allowanceSentence(allowance({ amount: { limit: '100.00', used: '60.00' } }))).toBe(
      'You can still send $40.00 of $100.00 today (UTC).',
    );
    const both = { amount: { limit: '10.00', used: '12.00' }, count: { limit: 1, used: 0 } };
    expect(allowanceSentence(allowance(both))).toBe(
      'You can still send $0.00 of $10.00 and 1 of 1 transfer today (UTC).',
    );
  });
});
