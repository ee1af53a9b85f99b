import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, expect, it } from 'vitest';
import type { ProgramSpec } from '../../src/cluster/supervisor.ts';
import { createSupervisor } from '../../src/cluster/supervisor.ts';

const cleanup = createCleanup();
afterEach(() => cleanup.run());

/** Adds a Node program of one line, which is ready when its log has the word `ready`. */
async function supervise(script: string) {
  const folder = await mkdtemp(path.join(tmpdir(), 'cnop-supervisor-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const logFile = path.join(folder, 'program.log');
  const spec: ProgramSpec = {
    name: 'program',
    command: process.execPath,
    args: ['-e', script],
    env: {},
    cwd: folder,
    logFile,
    isReady: async () => (await readFile(logFile, 'utf8')).includes('ready'),
  };
  const exits: string[] = [];
  const supervisor = createSupervisor({
    onExit: (name, _pid, { code, signal }) => exits.push(`${name} ${code ?? signal}`),
  });
  cleanup.defer(() => supervisor.kill());
  return { program: supervisor.add(spec), exits };
}

const RUNS = 'console.log("ready"); setInterval(() => {}, 1000);';

it('starts a program, stops it and starts it again', async () => {
  const { program, exits } = await supervise(RUNS);
  expect(program.pid).toBeUndefined();
  await program.start();
  const { pid } = program;
  expect(pid).toBeGreaterThan(0);
  expect(await program.stop('SIGTERM')).toEqual({ code: null, signal: 'SIGTERM' });
  expect(program.pid).toBeUndefined();
  expect(program.lastExit).toEqual({ code: null, signal: 'SIGTERM' });
  await program.start();
  expect(program.pid).not.toBe(pid);
  expect(program.lastExit).toBeUndefined();
  expect(exits).toEqual(['program SIGTERM']);
});

it('shows the end of the log of a program that ends before it is ready', async () => {
  const { program } = await supervise('console.error("no port is free"); process.exit(3);');
  await expect(program.start()).rejects.toThrow(/program did not get ready.*no port is free/s);
  expect(program.lastExit).toEqual({ code: 3, signal: null });
});

it('gives settings to one run alone', async () => {
  const { program } = await supervise(
    `console.log("ready", process.env.EXTRA); setInterval(() => {}, 1000);`,
  );
  await program.start({ EXTRA: 'first' });
  await expect.poll(program.logTail).toBe('ready first');
  await program.stop('SIGKILL');
  await program.start();
  await expect.poll(program.logTail).toBe('ready first\nready undefined');
});
