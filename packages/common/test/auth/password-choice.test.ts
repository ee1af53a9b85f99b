import { loadCommonPasswords, passwordFault } from '@cnop/common/auth/password-choice';
import { MIN_PASSWORD_LENGTH } from '@cnop/common/entities/user/user';
import { aUsername } from '@cnop/testing/builders/brands';
import { describe, expect, it } from 'vitest';

const ADA = {
  username: aUsername('ada_1815'),
  email: 'analyst@example.com',
  first_name: 'Ada',
  last_name: 'King-Lovelace',
};
const faultOf = async (password: string, owner = ADA) =>
  passwordFault(password, owner, await loadCommonPasswords())?.code;

describe('a common password', () => {
  it('is kept in memory only when a new password can match it', async () => {
    const { long, mostCommon } = await loadCommonPasswords();
    expect(long.size).toBe(308);
    expect(mostCommon.size).toBe(5_000);
  });

  it('is refused in any case, when a new password may be as short', async () => {
    const { dictionary } = await import('@zxcvbn-ts/language-common');
    const long = dictionary['passwords-common'].filter(({ length }) => length >= MIN_PASSWORD_LENGTH);
    expect(long.length).toBeGreaterThan(300);
    for (const password of long) expect(await faultOf(password.toUpperCase())).toBe('common_password');
  });

  it.each([
    'Password123!',
    'PASSWORD',
    'P@ssw0rd1234',
    '!!Pa$$w0rd!!',
    'Qwerty123456!',
    'Welcome2026!!',
    'ILoveYou-1234',
    '1qaz2wsx3edc',
    'Ｐassword123!',
  ])('is refused: %s', async (password) => {
    expect(await faultOf(password)).toBe('common_password');
  });

  it.each([
    'Correct-Horse-9-Battery',
    'Analytical-Engine-1843',
    'Sunny-Day-2026',
    'Whole-System-Test-1',
    'Password-Of-The-Sea-1',
    'TestPassword123!',
    'kX9!mmqwzrtyPL',
    '123456789012-+Aa',
  ])('is not %s', async (password) => {
    expect(await faultOf(password)).toBeUndefined();
  });
});

describe('a password with words of its user', () => {
  it.each([
    ['a last name', 'My-Lovelace-1843-Engine'],
    ['a last name in other letters', 'LOVE.lace.1843.engine'],
    ['a username', 'Its-Ada-1815-really-me'],
    ['the name before the @', 'The-Analyst-of-1843'],
    ['an e-mail', 'Analyst@Example.com1'],
    ['a short name and little else', 'Ada-1843-Ada!'],
  ])('is refused for %s', async (_what, password) => {
    expect(await faultOf(password)).toBe('own_name_in_password');
  });

  it('is accepted when it is long and the name is short', async () => {
    expect(await faultOf('Canada-Engine-1843')).toBeUndefined();
  });

  it('is accepted with words of other users', async () => {
    const bob = {
      username: aUsername('bob'),
      email: 'bob@example.com',
      first_name: 'Bob',
      last_name: 'Builder',
    };
    expect(await faultOf('My-Lovelace-1843-Engine', bob)).toBeUndefined();
  });
});
