import { writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Username } from '@cnop/common/core/brands';
import { isoTime, knownUsd } from '@cnop/common/core/brands';
import { systemIds } from '@cnop/common/core/ids';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance, postMovement } from '@cnop/common/entities/user/balance-rules';
import { open } from 'lmdb';
import { aUsername } from '../../builders/brands.ts';
import { aUser } from '../../builders/user.ts';

// Runs under strace: commits, and acknowledges each commit on standard output. The trace shows whether the commit was
// flushed before its acknowledgement.

const ROUNDS = 50;
const MAX_COMMITS_PER_ROUND = 4;
const USERNAMES = ['flush_0', 'flush_1', 'flush_2', 'flush_3'].map(aUsername);
const STDOUT = 1;

/** Commits one entry, and resolves with its key when the commit may be acknowledged. */
type Commit = (round: number, position: number) => Promise<string>;

/** Commits through the adapter. */
async function commitThroughStore(folder: string): Promise<Commit> {
  const store = createLmdbTableStore({ path: folder });
  const users = createUserDao(store);
  for (const username of USERNAMES) {
    const user = aUser({ username, email: `${username}@example.com` });
    await users.createUser(user, [balanceRecord.create(emptyBalance(username, user.created_at))]);
  }
  return async (_round, position) => {
    const username = USERNAMES[position % USERNAMES.length];
    if (username === undefined) throw new RangeError('there are no users');
    return deposit(store, username);
  };
}

function deposit(store: TableStore, username: Username): Promise<string> {
  const at = isoTime(new Date());
  const id = systemIds.next();
  return store.transact({ balance: balanceRecord.key({ username }) }, (items) => {
    const balance = balanceRecord.readIfPresent(items.balance) ?? emptyBalance(username, at);
    const posted = postMovement(balance, {
      type: 'deposit',
      amount: knownUsd('1.25'),
      description: null,
      at,
      id,
    });
    const writes = [
      balanceRecord.replace(posted.balance),
      balanceTransactionRecord.create(posted.transaction),
    ];
    return { writes, result: `${username} ${posted.transaction.transaction_id}` };
  });
}

/** Control: the library resolves before it flushes. */
function commitWithoutSync(folder: string): Commit {
  const database = open<string, string>({ path: folder, noSync: true, overlappingSync: false });
  return async (round, position) => {
    const key = `${round}-${position}`;
    await database.childTransaction(() => void database.put(key, key));
    return key;
  };
}

/**
 * Control: with the default of the library, readers see changes before the flush, and this acknowledges what it reads.
 */
function commitAndAnswerWhenReadable(folder: string): Commit {
  const database = open<string, string>({ path: folder });
  return async (round, position) => {
    const key = `${round}-${position}`;
    void database.put(key, key);
    while (database.get(key) === undefined) await nextTurn();
    return key;
  };
}

async function commitOf(mode: string | undefined, folder: string): Promise<Commit> {
  switch (mode) {
    case 'no-sync':
      return commitWithoutSync(folder);
    case 'answer-when-readable':
      return commitAndAnswerWhenReadable(folder);
    default:
      return commitThroughStore(folder);
  }
}

const [mode, folder = ''] = process.argv.slice(2);
const commit = await commitOf(mode, folder);
for (let round = 0; round < ROUNDS; round++) {
  const commits = Array.from({ length: 1 + (round % MAX_COMMITS_PER_ROUND) }, async (_, position) => {
    const acknowledgement = await commit(round, position);
    // One synchronous write for each, so that the trace shows its time.
    writeSync(STDOUT, `ACK ${acknowledgement}\n`);
  });
  await Promise.all(commits);
}
// Exits without closing anything, like a power failure.
process.exit(0);
