import { describe, expect, it } from 'vitest';
import { usernamePrefixError } from '../../../../src/features/admin/users/users-search.ts';

describe('the beginning of a username', () => {
  it.each(['', 'a', 'ada_l', '7', '_'])('may be %j', (typed) => {
    expect(usernamePrefixError(typed)).toBeUndefined();
  });

  it.each(['ada@', 'a b', 'ä', '%'])('cannot be %j', (typed) => {
    expect(usernamePrefixError(typed)).toMatch(/letters, digits and underscores/);
  });
});
