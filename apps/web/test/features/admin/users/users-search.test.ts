import { describe, expect, it } from 'vitest';
import { readUserSearch } from '../../../../src/features/admin/users/users-search.ts';

describe('the search for a user', () => {
  it.each([
    ['', { search: '' }],
    [' Ada_L ', { search: 'ada_l' }],
    ['7', { search: '7' }],
    [' Ada@Example.COM', { email: 'ada@example.com' }],
  ])('reads %j', (typed, search) => {
    expect(readUserSearch(typed)).toEqual({ kind: 'good', search });
  });

  it.each(['a b', 'ä', '%'])('refuses %j as the beginning of a username', (typed) => {
    expect(readUserSearch(typed)).toMatchObject({
      error: expect.stringMatching(/letters, digits and underscores/) as string,
    });
  });

  it.each(['@', 'ada@', 'ada@example', '@example.com'])('waits for the rest of %j', (typed) => {
    expect(readUserSearch(typed)).toEqual({ kind: 'bad', error: 'Enter the whole e-mail address.' });
  });
});
