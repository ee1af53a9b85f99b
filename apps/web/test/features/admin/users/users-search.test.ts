import { describe, expect, it } from 'vitest';
import { usernamePrefixError } from '../../../../src/features/admin/users/users-search.ts';

describe('the prefix of a username', () => {
  it.each(['', 'a', 'ada_l', '7', '_'])('may be %j', (typed) => {
    expect(usernamePrefixError(typed)).toBeUndefined();
  });

  it.each(['ada@', 'a b', 'ä', '%'])('must not be %j', (typed) => {
    expect(usernamePrefixError(typed)).toMatch(/letters, digits and underscores/);
  });
});
