import { describe, expect, it } from 'vitest';
import { signUpErrors } from '../../../src/features/auth/sign-up-form.ts';
import { passwordRules } from '../../../src/ui/password-rules.ts';

const input = {
  username: 'ada_l',
  email: 'ada@example.com',
  password: 'Correct-Horse-7',
  first_name: 'Ada',
  last_name: 'Lovelace',
};

describe('the rules of a password', () => {
  it('are all unmet by an empty one', () => {
    const rules = passwordRules('');
    expect(rules).toHaveLength(5);
    expect(rules.every(({ isMet }) => !isMet)).toBe(true);
  });

  it('are met one by one', () => {
    const met = (password: string) => passwordRules(password).filter(({ isMet }) => isMet).length;
    expect(met('a')).toBe(1);
    expect(met('aB')).toBe(2);
    expect(met('aB3')).toBe(3);
    expect(met('aB3-')).toBe(4);
    expect(met('aB3-aB3-aB3-')).toBe(5);
  });
});

describe('a sign-up', () => {
  it('has no errors if the server accepts it', () => {
    expect(signUpErrors(input)).toEqual({});
  });

  it('reports every invalid field', () => {
    const wrong = { username: '_x', email: 'ada', password: 'short', first_name: '', last_name: '7' };
    expect(Object.keys(signUpErrors(wrong)).sort()).toEqual([
      'email',
      'first_name',
      'last_name',
      'password',
      'username',
    ]);
  });
});
