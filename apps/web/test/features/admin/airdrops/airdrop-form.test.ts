import { describe, expect, it } from 'vitest';
import { ApiProblem } from '../../../../src/api/http/api-problem.ts';
import type { AirdropForm } from '../../../../src/features/admin/airdrops/airdrop-form.ts';
import {
  EMPTY_AIRDROP_FORM,
  readAirdropForm,
  sortRefusal,
} from '../../../../src/features/admin/airdrops/airdrop-form.ts';

const form = (typed: Partial<AirdropForm>): AirdropForm => ({ ...EMPTY_AIRDROP_FORM, ...typed });
const FILLED = form({ asset: ' doge ', units: '2,5', reason: ' A gift ', names: 'ada\n\n @bob ' });
const read = (typed: Partial<AirdropForm>) =>
  readAirdropForm({ ...FILLED, ...typed }, (asset) => (asset === 'DOGE' ? 2 : undefined));

describe('the form of an airdrop', () => {
  it.each([
    [
      {},
      {
        recipients: [
          { username: 'ada', quantity: '2.5' },
          { username: 'bob', quantity: '2.5' },
        ],
      },
    ],
    [{ kind: 'csv', table: 'username,quantity\nada,1', units: '' }, { csv: 'username,quantity\nada,1' }],
    [
      { kind: 'active_users', names: '' },
      { group: 'active_users', quantity: '2.5' },
    ],
    [
      { kind: 'holders', held: 'btc' },
      { group: 'holders', held_asset_id: 'BTC', quantity: '2.5' },
    ],
  ] as const)('reads the request that is meant: %j', (typed, recipients) => {
    expect(read(typed)).toEqual({
      kind: 'good',
      request: { content: { asset_id: 'DOGE', ...recipients }, reason: 'A gift' },
    });
  });

  it.each([
    ['asset', { asset: '' }],
    ['asset', { asset: 'D-1' }],
    ['names', { names: ' \n ' }],
    ['names', { names: 'ada\n'.repeat(1_001) }],
    ['table', { kind: 'csv', table: ' ' }],
    ['held', { kind: 'holders' }],
    ['units', { units: '' }],
    ['units', { units: '0.125' }],
    ['reason', { reason: ' ' }],
    ['reason', { reason: 'x'.repeat(501) }],
  ] as const)('finds a wrong %s alone: %j', (field, typed) => {
    const reading = read(typed);
    expect(reading.kind === 'bad' && Object.keys(reading.errors)).toEqual([field]);
  });

  it('finds all that is wrong at once', () => {
    const reading = readAirdropForm(form({ kind: 'holders' }), () => undefined);
    expect(reading.kind === 'bad' && Object.keys(reading.errors).toSorted()).toEqual([
      'asset',
      'held',
      'reason',
      'units',
    ]);
  });
});

describe('a refused airdrop', () => {
  const refusal = (...fields: { readonly field: string; readonly message: string }[]) =>
    new ApiProblem('Invalid', { status: 422, fields });

  it('names each bad line of a list once, where it is in the text', () => {
    const problem = refusal(
      { field: 'recipients.1', message: 'There is no such user.' },
      { field: 'recipients.2.username', message: 'Too short.' },
      { field: 'recipients.2.username', message: 'Use letters.' },
    );
    expect(sortRefusal(problem, form({ names: 'ada\n\nbob\n!' }))).toEqual({
      errors: { names: '2 lines cannot be used.' },
      lines: [
        { number: 3, text: 'bob', message: 'There is no such user.' },
        { number: 4, text: '!', message: 'Too short.' },
      ],
      rest: undefined,
    });
  });

  it('names each bad line of a table, and what is wrong with the table', () => {
    const csv = form({ kind: 'csv', table: 'username,quantity\nada,x' });
    const line = { field: 'csv', message: 'Line 2: This is not a username and a quantity above 0.' };
    expect(sortRefusal(refusal(line), csv)).toEqual({
      errors: { table: 'One line cannot be used.' },
      lines: [{ number: 2, text: 'ada,x', message: 'This is not a username and a quantity above 0.' }],
      rest: undefined,
    });
    const header = { field: 'csv', message: 'Begin the table with the line "username,quantity".' };
    expect(sortRefusal(refusal(header), csv)).toEqual({
      errors: { table: header.message },
      lines: [],
      rest: undefined,
    });
  });

  it('shows the other errors at their fields, and the rest at the form', () => {
    const problem = refusal(
      { field: 'quantity', message: 'At most 2 digits after the point.' },
      { field: 'group', message: 'No active customer is in this group.' },
    );
    expect(sortRefusal(problem, FILLED)).toEqual({
      errors: { units: 'At most 2 digits after the point.' },
      lines: [],
      rest: 'No active customer is in this group.',
    });
    const unknown = new ApiProblem('The asset was not found.', { status: 404 });
    expect(sortRefusal(unknown, FILLED).errors).toEqual({ asset: 'There is no such asset.' });
    const delisted = new ApiProblem('DOGE is delisted.', { status: 409 });
    expect(sortRefusal(delisted, FILLED).rest).toBe('DOGE is delisted.');
  });
});
