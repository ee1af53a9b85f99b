import { describe, expect, it } from 'vitest';
import { complaintAboutBeginning } from '../../../../src/features/admin/users/users-search.ts';

describe('the beginning of a username', () => {
  it.each(['', 'a', 'ada_l', '7', '_'])('may be %j', (typed) => {
    expect(complaintAboutBeginning(typed)).toBeUndefined();
  });

  it.each(['ada@', 'a b', 'ä', '%'])('cannot be %j', (typed) => {
    expect(complaintAboutBeginning(typed)).toMatch(/letters, digits and underscores/);
  });
});
