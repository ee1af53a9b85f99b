import { chmod, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createApi, signIn } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { runNode } from '@cnop/testing/system/node-process';
import { CLI, startServer, TEST_ENV } from '@cnop/testing/system/servers';
import { afterAll, expect, it } from 'vitest';

const cleanup = createCleanup();
afterAll(() => cleanup.run());

async function productionSettings() {
  const parent = await mkdtemp(path.join(tmpdir(), 'cnop-production-'));
  cleanup.defer(() => rm(parent, { recursive: true, force: true }));
  const dataDir = path.join(parent, 'data');
  const env = {
    ...TEST_ENV,
    NODE_ENV: 'production',
    DATA_DIR: dataDir,
    SIGNING_KEY_FILE: path.join(parent, 'keys', 'signing-keys.json'),
    BCRYPT_COST: '10',
    RATE_LIMIT_AUTH: '1000',
    RATE_LIMIT_ORDERS: '1000',
    RATE_LIMIT_READS: '1000',
    PRICE_MANUAL_MAX_PERCENT: '',
    ADMIN_PASSWORD: '',
  };
  const cnop = (args: readonly string[], more: Readonly<Record<string, string>> = {}) =>
    runNode({ script: CLI, args: [...args], cwd: parent, env: { ...env, ...more } });
  return { parent, dataDir, env, cnop };
}

const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

it('in production the first administrator finds the password in a private file, not on standard output', async () => {
  const { parent, dataDir, env, cnop } = await productionSettings();
  const server = await startServer({ script: CLI, args: ['start'], cwd: parent, env });
  cleanup.defer(() => server.process.stop());
  const file = path.join(dataDir, 'password-of-admin');
  expect(await modeOf(file)).toBe('600');
  const password = (await readFile(file, 'utf8')).trim();
  await signIn(createApi(server.url), 'admin', password);
  expect(server.process.stdout()).toContain(file);
  expect(server.process.stdout() + server.process.stderr()).not.toContain(password);
  await server.process.stop('SIGTERM');

  const created = await cnop(['admin', 'create', '--username', 'grace', '--email', 'grace@example.com']);
  expect(created.code).toBe(0);
  const second = await readFile(path.join(dataDir, 'password-of-grace'), 'utf8');
  expect(await modeOf(path.join(dataDir, 'password-of-grace'))).toBe('600');
  expect(created.stdout).not.toContain(second.trim());
  // The refusal of a taken username leaves the password file of its owner unchanged.
  const again = await cnop(['admin', 'create', '--username', 'grace', '--email', 'other@example.com']);
  expect(again.code).toBe(1);
  const repeated = ['admin', 'create', '--if-missing', '--username', 'grace', '--email', 'grace@example.com'];
  expect((await cnop(repeated)).code).toBe(0);
  expect(await readFile(path.join(dataDir, 'password-of-grace'), 'utf8')).toBe(second);
  expect((await readdir(dataDir)).toSorted()).toEqual(['password-of-admin', 'password-of-grace', 'store']);

  await chmod(path.join(dataDir, 'store', 'data.mdb'), 0o644);
  for (const args of [['start'], ['catalogue', 'load']]) {
    const refused = await cnop(args);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('DATA_DIR');
    expect(refused.stderr).toContain('chmod -R go-rwx');
    expect(refused.stderr).not.toContain('    at ');
  }
});

it('in production an ADMIN_PASSWORD that is easy to guess is refused', async () => {
  const { cnop } = await productionSettings();
  const { code, stderr } = await cnop(['start'], { ADMIN_PASSWORD: 'Password123!' });
  expect(code).toBe(1);
  expect(stderr).toContain('ADMIN_PASSWORD');
  expect(stderr).not.toContain('Password123!');
});
