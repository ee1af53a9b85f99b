import { execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';

vi.setConfig({ testTimeout: 30_000 });

// These tests observe a whole parent process, so they run the build.
const managerUrl = new URL('../../dist/auth/password-manager.js', import.meta.url).href;

/** Returns a program that hashes once, prints the id of its password process, and then runs a statement. */
function program(afterwards: string): string[] {
  const source = `
    import { createPasswordManager } from '${managerUrl}';
    const manager = createPasswordManager({ cost: 4 });
    await manager.hash('Correct-Horse-9-Battery');
    process.stdout.write(String(manager.processId()) + '\\n');
    ${afterwards}`;
  return ['--input-type=module', '--eval', source];
}

async function untilGone(processId: number): Promise<boolean> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (!existsSync(`/proc/${processId}/cmdline`)) return true;
    await sleep(10);
  }
  return false;
}

it('an idle password process does not keep its parent alive, and ends with it', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, program(''), { timeout: 20_000 });
  expect(await untilGone(Number(stdout.trim()))).toBe(true);
});

it('a password process ends when its parent is killed', async () => {
  const parent = spawn(process.execPath, program('setInterval(() => {}, 1_000);'));
  const processId = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (line: Buffer) => resolve(Number(line.toString())));
  });
  expect(existsSync(`/proc/${processId}/cmdline`)).toBe(true);
  parent.kill('SIGKILL');
  expect(await untilGone(processId)).toBe(true);
});
