import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../src/api/http/api-problem.ts';
import { errorsOfProblem, errorsOfReasons } from '../../../src/features/ticket/refusals.ts';
import { ticket } from './ticket-fixture.ts';

describe('a refusal of the server', () => {
  it('is shown at the field to change', () => {
    const reasons = [
      { code: 'BUS_002', field: 'stop_price', message: 'A stop-loss waits below the price.' },
      { code: 'VAL_001', field: 'quantity', message: 'At most 6 fraction digits.' },
    ];
    expect(errorsOfReasons(reasons, ticket({ side: 'sell', kind: 'stop_loss' }))).toEqual({
      stop: 'A stop-loss waits below the price.',
      amount: 'At most 6 fraction digits.',
    });
  });

  it('is shown at the amount for insufficient cash, with formatted figures', () => {
    const reason = {
      code: 'BUS_001',
      field: null,
      message: 'x',
      available: '48499.92',
      required: '999999.00',
    };
    expect(errorsOfReasons([reason], ticket({}))).toEqual({
      amount: 'This needs $999,999.00; $48,499.92 is available.',
    });
  });

  it('is shown for the ticket if its field is not visible', () => {
    const reasons = [
      { code: 'BUS_003', field: 'asset_id', message: 'Not open for trading.' },
      { code: 'BUS_002', field: 'stop_price', message: 'Hidden.' },
    ];
    expect(errorsOfReasons(reasons, ticket({}))).toEqual({ form: 'Not open for trading. Hidden.' });
  });

  it('of a placed order is shown in the same way', () => {
    const fields = [{ field: 'price', message: 'At most 2 fraction digits.' }];
    const refused = new ApiProblem('Invalid input', { status: 422, code: 'VAL_001', fields });
    expect(errorsOfProblem(refused, ticket({ kind: 'limit' }))).toEqual({
      limit: 'At most 2 fraction digits.',
    });
    const busy = new ApiProblem('There is no current price.', { status: 503, code: 'SVC_001' });
    expect(errorsOfProblem(busy, ticket({}))).toEqual({ form: 'There is no current price.' });
  });
});
