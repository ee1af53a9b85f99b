import { access, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { storeFolder } from '@cnop/common/database/open-store';
import type { Balance } from '@cnop/common/entities/user/balance';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import { aUsd } from '@cnop/testing/builders/brands';
import { aUser } from '@cnop/testing/builders/user';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runVerify } from '../../src/commands/verify.ts';
import type { AuditReport } from '../../src/verify/audit-store.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cnop-verify-'));
});

afterEach(() => rm(dataDir, { recursive: true, force: true }));

/** Stores alice, who never deposited, with a balance that may say something else. */
async function storeAlice(balance: Partial<Balance> = {}): Promise<void> {
  const store = createLmdbTableStore({ path: storeFolder({ DATA_DIR: dataDir }) });
  const alice = aUser();
  await store.transact({}, () => ({
    writes: [
      userRecord.create(alice),
      emailClaimRecord.create(alice),
      balanceRecord.create({ ...emptyBalance(alice.username, alice.created_at), ...balance }),
    ],
    result: undefined,
  }));
  await store.close();
}

async function verify(options: { readonly json?: boolean; readonly dataDir?: string } = {}) {
  let text = '';
  const exitCode = await runVerify({ dataDir, ...options }, (part) => {
    text += part;
  });
  return { exitCode, text };
}

test('a sound store is exit code 0 and a summary', async () => {
  await storeAlice();
  const { exitCode, text } = await verify();
  expect(exitCode).toBe(0);
  expect(text).toContain(`Auditing ${storeFolder({ DATA_DIR: dataDir })}, as it is at this moment`);
  expect(text).toMatch(/users +1\n/);
  expect(text).toContain('OK: all 91 rules hold.');
});

test('a violation is exit code 1, and its keys are printed', async () => {
  await storeAlice({ current_balance: aUsd('1000000.00') });
  const { exitCode, text } = await verify();
  expect(exitCode).toBe(1);
  expect(text).toContain('2 violations:');
  expect(text).toContain('users/alice/BALANCE');
  expect(text).toContain('It is 1000000.00, but the ledger ends at 0.');
});

test('--json prints the whole report and nothing else', async () => {
  await storeAlice({ held_balance: aUsd('1.00') });
  const { exitCode, text } = await verify({ json: true });
  const report = JSON.parse(text) as AuditReport;
  expect(exitCode).toBe(1);
  expect(report.violations.map(({ rule }) => rule)).toEqual(['balance-bounds', 'balance-held']);
  expect(report.counts.users).toBe(1);
});

test('an audit changes nothing, not even what has expired', async () => {
  await storeAlice();
  const before = await readdir(storeFolder({ DATA_DIR: dataDir }));
  await verify();
  expect(await readdir(storeFolder({ DATA_DIR: dataDir }))).toEqual(before);
});

test('a missing folder is exit code 2, and is not created', async () => {
  const missing = join(dataDir, 'missing');
  const { exitCode, text } = await verify({ dataDir: missing });
  expect(exitCode).toBe(2);
  expect(text).toContain(`The store cannot be opened: there is no store in ${join(missing, 'store')}`);
  await expect(access(missing)).rejects.toThrow('ENOENT');
});

test('a folder without a store stays without one', async () => {
  const { exitCode, text } = await verify({ json: true });
  expect(exitCode).toBe(2);
  expect(JSON.parse(text)).toEqual({ error: `there is no store in ${storeFolder({ DATA_DIR: dataDir })}` });
  expect(await readdir(dataDir)).toEqual([]);
});
