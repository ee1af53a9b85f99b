import { domainToUnicode } from 'node:url';
import { AlreadyExistsError, NotFoundError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { Username } from '../../core/brands.ts';
import type { Page, PageRequest } from '../../core/pagination.ts';
import { StoreBusyError } from '../../database/store-errors.ts';
import type { Item, ItemKey, TableStore, Write } from '../../database/table-store.ts';
import { KEYS, USER_DIRECTORY_PARTITION } from '../../database/tables.ts';
import type { User } from '../../entities/user/user.ts';
import { userSchema } from '../../entities/user/user.ts';
import { readPage } from '../read-page.ts';
import { defineRecord } from '../record.ts';

export const userRecord = defineRecord<User, Pick<User, 'username'>>({
  table: 'users',
  schema: userSchema,
  key: ({ username }) => ({ pk: username, sk: KEYS.users.user.sk }),
  indexes: ({ username, email }) => ({
    EmailIndex: { pk: email, sk: username },
    UserDirectoryIndex: { pk: USER_DIRECTORY_PARTITION, sk: username },
  }),
});

const emailClaimSchema = z.object({ email: z.string(), username: z.string().brand<'Username'>() });
type EmailClaim = z.infer<typeof emailClaimSchema>;

/** The claim of an e-mail address in use. Two sign-ups with the same address conflict on this item. */
export const emailClaimRecord = defineRecord<EmailClaim, Pick<EmailClaim, 'email'>>({
  table: 'users',
  schema: emailClaimSchema,
  key: ({ email }) => ({ pk: KEYS.users.emailClaim.pkPrefix + email, sk: KEYS.users.emailClaim.sk }),
});

export interface UserUpdateOptions {
  /** Other writes of the same commit. */
  readonly companions?: readonly Write[];
  /** Checks the current user inside the commit; throws to prevent the change. */
  readonly check?: (user: User) => void;
}

type ItemsByName = Readonly<Record<string, Item | undefined>>;

export type UserDao = ReturnType<typeof createUserDao>;

/** Creates the DAO of users and their claims of e-mail addresses. */
export function createUserDao(store: TableStore) {
  /** Returns a user; undefined when there is none. */
  const getUserByUsername = async (username: Username): Promise<User | undefined> =>
    userRecord.readIfPresent(await store.get(userRecord.key({ username })));

  return {
    /**
     * Stores a new user and claims the e-mail address, in one commit with other writes.
     * @throws AlreadyExistsError (409) when the username or the e-mail is taken
     */
    async createUser(user: User, companions: readonly Write[] = []): Promise<User> {
      return store.transact(
        { existing: userRecord.key(user), ...claimReads(user.email) },
        (items: ItemsByName) => {
          if (items['existing']) throw new AlreadyExistsError('This username is taken.', 'username');
          assertUnclaimed(items, user);
          const claim = emailClaimRecord.create({ email: user.email, username: user.username });
          return { writes: [userRecord.create(user), claim, ...companions], result: user };
        },
      );
    },

    getUserByUsername,

    /** Returns the user with an e-mail address in its canonical form; undefined when there is none. */
    async getUserByEmail(email: string): Promise<User | undefined> {
      const found = await store.query({
        table: 'users',
        index: 'EmailIndex',
        pk: email,
        order: 'ascending',
        limit: 1,
      });
      const [indexed] = found.items;
      const user = indexed && userRecord.readIfPresent(await store.get(indexed.key));
      // The index may lag behind a change of the address.
      return user?.email === email ? user : undefined;
    },

    /**
     * Changes a user. Claims a new e-mail address and deletes the old claim in the same commit.
     * @throws NotFoundError (404); AlreadyExistsError (409) when the address is taken; an error of `check`
     */
    async updateUser(
      username: Username,
      changes: Partial<User>,
      { companions = [], check }: UserUpdateOptions = {},
    ): Promise<User> {
      const known = await getUserByUsername(username);
      if (!known) throw new NotFoundError('The user');
      const newEmail = changes.email ?? known.email;
      const movesEmail = newEmail !== known.email;
      return store.transact(
        {
          user: userRecord.key({ username }),
          ...(movesEmail && { ...claimReads(newEmail), ...claimReads(known.email) }),
        },
        (items: ItemsByName) => {
          const user = userRecord.readIfPresent(items['user']);
          if (!user) throw new NotFoundError('The user');
          // The address changed since it was read, so the old claim is not among the reads.
          if (user.email !== known.email) throw new StoreBusyError();
          check?.(user);
          const changed: User = { ...user, ...changes, username };
          if (movesEmail) assertUnclaimed(items, changed);
          return {
            writes: [userRecord.replace(changed), ...emailMove(user, changed), ...companions],
            result: changed,
          };
        },
      );
    },

    /** Lists users by username, those whose name begins with a prefix. */
    getUsers: (prefix: string, page: PageRequest) => listUsers(store, prefix, page),
  };
}

async function listUsers(store: TableStore, prefix: string, page: PageRequest): Promise<Page<User>> {
  const names = await readPage(
    store,
    {
      table: 'users',
      index: 'UserDirectoryIndex',
      pk: USER_DIRECTORY_PARTITION,
      sk: { prefix },
      order: 'ascending',
    },
    page,
    (item) => item.key,
  );
  const users = await store.batchGet(names.items);
  return { items: users.flatMap((item) => (item ? [userRecord.read(item)] : [])), next: names.next };
}

/**
 * Returns the reads of all claims of an address, by name. Accounts from before addresses were canonical may have claimed
 * another spelling: decomposed (NFD), or with Unicode letters in the domain instead of `xn--`.
 */
function claimReads(email: string): Record<string, ItemKey> {
  const at = email.lastIndexOf('@');
  const [localPart, domain] = [email.slice(0, at), email.slice(at + 1)];
  const inLetters = domainToUnicode(domain);
  const spellings = [localPart, localPart.normalize('NFD')].flatMap((local) =>
    [domain, inLetters, inLetters.normalize('NFD')].map((host) => `${local}@${host}`),
  );
  return Object.fromEntries(
    [email, ...spellings].map((spelling) => [`claim ${spelling}`, emailClaimRecord.key({ email: spelling })]),
  );
}

/** @throws AlreadyExistsError (409) when another account has claimed an address in any spelling */
function assertUnclaimed(items: ItemsByName, { email, username }: Pick<User, 'email' | 'username'>): void {
  for (const name of Object.keys(claimReads(email))) {
    const claim = emailClaimRecord.readIfPresent(items[name]);
    if (claim && claim.username !== username) throw new AlreadyExistsError('This e-mail is taken.', 'email');
  }
}

function emailMove(before: User, after: User): Write[] {
  if (before.email === after.email) return [];
  return [
    { kind: 'delete', key: emailClaimRecord.key(before) },
    emailClaimRecord.create({ email: after.email, username: after.username }),
  ];
}
