import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao, emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import type { User } from '@cnop/common/entities/user/user';
import { AlreadyExistsError, ForbiddenError, NotFoundError } from '@cnop/exception/errors';
import { aTime, aUsername } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Username } from '../../../src/core/brands.ts';
import { knownUsername } from '../../../src/core/brands.ts';

const AT = aTime('2026-01-16T09:00:00.000Z');
const ALICE = aUsername('alice');
const CAROL = aUsername('carol');
const BOB = aUsername('bob');
const PAGE = { limit: 100, offset: 0, after: undefined };

let runtime: TestRuntime;
beforeEach(async () => {
  runtime = await createTestRuntime();
});
afterEach(() => runtime.dispose());

const users = () => createUserDao(runtime.store);
const alice = aUser();
const bob = aUser({ username: 'bob' });
const emptyBalanceOf = (username: Username) => balanceRecord.create(emptyBalance(username, AT));

/** Returns the user that has claimed an address. */
async function claimantOf(email: string): Promise<string | undefined> {
  return emailClaimRecord.readIfPresent(await runtime.store.get(emailClaimRecord.key({ email })))?.username;
}

async function stateOf(username: Username) {
  const [user, balance] = await runtime.store.batchGet([
    userRecord.key({ username }),
    balanceRecord.key({ username }),
  ]);
  return { user: userRecord.readIfPresent(user), balance: balanceRecord.readIfPresent(balance) };
}

describe('a new user', () => {
  it('is stored with the claim of the e-mail and the other writes of the commit', async () => {
    expect(await users().createUser(alice, [emptyBalanceOf(ALICE)])).toEqual(alice);
    expect(await stateOf(ALICE)).toEqual({
      user: alice,
      balance: emptyBalance(ALICE, AT),
    });
    expect(await claimantOf(alice.email)).toBe('alice');
  });

  it.each([
    ['the username', { email: 'other@example.com' }, ALICE],
    ['the e-mail', { username: 'carol', email: 'alice@example.com' }, CAROL],
  ])('does not take %s of another one, and writes nothing', async (_what, fields, username) => {
    await users().createUser(alice);
    const before = await stateOf(username);
    const second = users().createUser(aUser(fields), [emptyBalanceOf(username)]);
    await expect(second).rejects.toThrow(AlreadyExistsError);
    expect(await stateOf(username)).toEqual(before);
    expect(await claimantOf('alice@example.com')).toBe('alice');
    expect(await claimantOf('other@example.com')).toBeUndefined();
  });

  it('does not take an e-mail that an earlier version stored in another spelling', async () => {
    const former = aUser({ username: 'former', email: 'info@münchen.de' });
    await users().createUser(former);
    const second = users().createUser(aUser({ username: 'carol', email: 'info@xn--mnchen-3ya.de' }));
    await expect(second).rejects.toThrow(AlreadyExistsError);
    expect((await stateOf(CAROL)).user).toBeUndefined();
  });
});

describe('a user', () => {
  it('is found by username and by e-mail', async () => {
    await users().createUser(alice);
    await users().createUser(bob);
    expect(await users().getUserByUsername(BOB)).toEqual(bob);
    expect(await users().getUserByEmail('alice@example.com')).toEqual(alice);
    expect(await users().getUserByUsername(knownUsername('ALICE'))).toBeUndefined();
    expect(await users().getUserByEmail('carol@example.com')).toBeUndefined();
  });

  it('is listed by the beginning of the username', async () => {
    for (const username of ['bob', 'alfred', 'alice']) await users().createUser(aUser({ username }));
    const names = async (prefix: string) =>
      (await users().getUsers(prefix, PAGE)).items.map(({ username }) => username);
    expect(await names('al')).toEqual(['alfred', 'alice']);
    expect(await names('')).toEqual(['alfred', 'alice', 'bob']);
    expect(await names('z')).toEqual([]);
  });
});

describe('a change of a user', () => {
  beforeEach(async () => {
    await users().createUser(alice);
    await users().createUser(bob);
  });

  it('sets the given fields, keeps the username and makes the other writes', async () => {
    const change: Partial<User> = { first_name: 'Al', username: BOB };
    const changed = await users().updateUser(ALICE, change, {
      companions: [emptyBalanceOf(ALICE)],
    });
    expect(changed).toEqual({ ...alice, first_name: 'Al' });
    expect(await stateOf(ALICE)).toEqual({
      user: changed,
      balance: emptyBalance(ALICE, AT),
    });
    expect(await users().getUserByUsername(BOB)).toEqual(bob);
  });

  it('moves the claim to a new e-mail', async () => {
    const email = 'new@example.com';
    const changed = await users().updateUser(ALICE, { email });
    expect(await users().getUserByEmail(email)).toEqual(changed);
    expect(await users().getUserByEmail(alice.email)).toBeUndefined();
    expect(await claimantOf(email)).toBe('alice');
    expect(await claimantOf(alice.email)).toBeUndefined();
  });

  it.each([
    ['an e-mail of another user', { email: bob.email }, {}, AlreadyExistsError],
    [
      'what its check refuses',
      { email: 'new@example.com' },
      {
        check: () => {
          throw new ForbiddenError();
        },
      },
      ForbiddenError,
    ],
  ])('refuses %s and writes nothing', async (_what, change, options, error) => {
    const companions = [emptyBalanceOf(ALICE)];
    await expect(users().updateUser(ALICE, change, { ...options, companions })).rejects.toThrow(error);
    expect(await stateOf(ALICE)).toEqual({ user: alice, balance: undefined });
    expect(await claimantOf(alice.email)).toBe('alice');
    expect(await claimantOf(bob.email)).toBe('bob');
    expect(await claimantOf('new@example.com')).toBeUndefined();
  });

  it('refuses an unknown user', async () => {
    await expect(users().updateUser(CAROL, { first_name: 'Carol' })).rejects.toThrow(NotFoundError);
    expect((await stateOf(CAROL)).user).toBeUndefined();
  });
});
