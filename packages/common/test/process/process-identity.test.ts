import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { hasEnded, PROCESS_IDENTITY, processLocation } from '@cnop/common/process/process-identity';
import { describe, expect, test } from 'vitest';

const isLinux = process.platform === 'linux';
const IDENTITY = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NEVER_MILLISECONDS = 3_600_000;

test('the identity of a process is random, and has neither its host nor its process id', () => {
  expect(PROCESS_IDENTITY).toMatch(IDENTITY);
});

describe.skipIf(!isLinux)('the location of a process', () => {
  const own = processLocation() ?? '';
  const [boot = '', namespace = '', pid = ''] = own.split('/');

  test('tells that this process runs', () => {
    expect(hasEnded(own)).toBe(false);
  });

  test('tells when another process of this machine has ended', async () => {
    const child = spawn(process.execPath, ['-e', `setTimeout(() => {}, ${NEVER_MILLISECONDS})`]);
    await once(child, 'spawn');
    const fields = (await readFile(`/proc/${child.pid}/stat`, 'utf8')).split(' ');
    const location = [boot, namespace, child.pid, fields[21]].join('/');
    expect(hasEnded(location)).toBe(false);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(hasEnded(location)).toBe(true);
  });

  test('tells that a process has ended whose id another process has now', () => {
    expect(hasEnded([boot, namespace, pid, '1'].join('/'))).toBe(true);
  });

  test.each([
    ['of another container', [boot, 'pid:[1]', '4000000', '5']],
    ['of another machine', ['0000', namespace, '4000000', '5']],
  ])('proves nothing about a process %s', (_case, parts) => {
    expect(hasEnded(parts.join('/'))).toBe(false);
  });
});
