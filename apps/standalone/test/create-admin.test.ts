import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAuditLogger } from '@cnop/common/auth/audit-logger';
import { createPasswordManager } from '@cnop/common/auth/password-manager';
import type { Username } from '@cnop/common/core/brands';
import { systemClock } from '@cnop/common/core/clock';
import { systemIds } from '@cnop/common/core/ids';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import { AlreadyExistsError } from '@cnop/exception/errors';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { createAdmin } from '../src/create-admin.ts';
import { verifyStore } from '../src/verify/audit-store.ts';

const passwords = createPasswordManager({ cost: 4 });
const GRACE = {
  username: aUsername('grace'),
  email: 'grace@example.com',
  password: undefined,
  NODE_ENV: 'test',
};

let dataDir: string;
let store: TableStore;

beforeEach(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-admin-'));
  store = createLmdbTableStore({ path: path.join(dataDir, 'store') });
});

afterAll(() => passwords.close());

afterEach(async () => {
  await store.close();
  await rm(dataDir, { recursive: true, force: true });
});

const create = (username = GRACE.username, email = GRACE.email) =>
  createAdmin({ store, passwords, clock: systemClock }, { ...GRACE, username, email, DATA_DIR: dataDir });

const auditEvents = async (username: Username) => {
  const audit = createAuditLogger({ store, clock: systemClock, ids: systemIds });
  return (await audit.byUser(username, { limit: 10 })).items;
};

test('a new administrator is in the audit log, with the role and without an actor', async () => {
  const delivery = await create();
  expect(delivery.kind).toBe('shown');
  expect(await auditEvents(aUsername('grace'))).toMatchObject([
    {
      event_type: 'role_change',
      username: 'grace',
      actor: null,
      detail: { created_by: 'cnop' },
      changes: [{ field: 'role', before: null, after: 'admin' }],
    },
  ]);
  expect((await verifyStore(store)).violations).toEqual([]);
});

test('an administrator who is refused leaves no audit event', async () => {
  await create();
  await expect(create(aUsername('other'), GRACE.email)).rejects.toThrow(AlreadyExistsError);
  expect(await auditEvents(aUsername('other'))).toEqual([]);
});
