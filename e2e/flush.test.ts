import { spawnSync } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { createBalanceDao } from '@cnop/common/dao/user/balance-dao';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { aTransactionId, aUsername } from '@cnop/testing/builders/brands';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { afterAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './support/platform.ts';
import type { Trace } from './support/power-cut.ts';
import { leaveImage, readTrace } from './support/power-cut.ts';
import { expectSound } from './support/stored.ts';

// A killed process leaves the page cache intact, so kill -9 proves nothing about the disk. This test simulates a power cut:
// it rebuilds the data file as of a random moment, from the writes that were flushed by then and any part of the others.

const IMAGES = 100;
const CONTROL_IMAGES = 30;
/** The share of images in which a control must be caught. In the others the power cut came at a harmless moment. */
const CONTROL_CAUGHT_MIN_SHARE = 0.5;
/** Slows down every flush: on a fast disk there is little time between a change and its flush. */
const FLUSH_DELAY_MICROSECONDS = 3_000;
const TRACED_CALLS = 'openat,lseek,write,writev,pwrite64,pwritev,pwritev2,fdatasync,fsync,msync';
const FLUSH_SCRIPTS = path.join(PROJECT_ROOT, 'packages/testing/dist/system/flush');
const SEED = Date.now() % 1_000_000;

const cleanup = createCleanup();
afterAll(() => cleanup.run());

function whyNoTrace(): string | undefined {
  const probe = spawnSync('strace', ['-o', '/dev/null', 'true'], { encoding: 'utf8' });
  if (probe.error) return 'strace is not installed';
  return probe.status === 0 ? undefined : `strace cannot trace here: ${probe.stderr}`;
}

/** Returns a random sequence that the printed seed reproduces (mulberry32). */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function traceOf(mode: string): Promise<Trace> {
  const folder = await temporaryFolder(cleanup);
  const data = path.join(folder, 'store');
  await mkdir(data);
  const log = path.join(folder, 'trace.txt');
  const script = path.join(FLUSH_SCRIPTS, 'commit-and-acknowledge.js');
  const options = [
    '-f',
    '-xx',
    '--string-limit=100000000',
    `--output=${log}`,
    `--trace=${TRACED_CALLS}`,
    `--inject=fdatasync:delay_enter=${FLUSH_DELAY_MICROSECONDS}`,
  ];
  const run = spawnSync('strace', [...options, process.execPath, script, mode, data], { encoding: 'utf8' });
  expect(run.status, run.stderr).toBe(0);
  const trace = readTrace(await readFile(log, 'utf8'));
  // The trace is complete only if it has all acknowledgements of the process.
  expect(trace.acknowledgements).toHaveLength(run.stdout.split('\n').length - 1);
  expect(trace.writes.length).toBeGreaterThan(trace.acknowledgements.length / 4);
  return trace;
}

/** The most critical moments: just after an answer, just after a write. */
function momentsAfter(events: readonly number[], count: number, random: () => number): number[] {
  return Array.from({ length: count }, () => events[Math.floor(random() * events.length)]! + 1);
}

const answersOf = ({ acknowledgements }: Trace): number[] => acknowledgements.map(({ at }) => at);

function writesOf({ acknowledgements, writes }: Trace): number[] {
  const firstAnswer = acknowledgements[0]!.at;
  return writes.map(({ startedAt }) => startedAt).filter((at) => at > firstAnswer);
}

/** Counts the images of a control that lack an acknowledged key or cannot be opened. */
async function caughtOf(mode: string): Promise<number> {
  const random = createRandom(SEED);
  const trace = await traceOf(mode);
  const images: string[] = [];
  for (const at of momentsAfter(answersOf(trace), CONTROL_IMAGES, random)) {
    const folder = await temporaryFolder(cleanup);
    const { acknowledged } = await leaveImage(folder, { trace, at, random, tearsWrites: false });
    images.push(JSON.stringify({ folder, keys: acknowledged }));
  }
  let caught = 0;
  while (images.length > 0) {
    const script = path.join(FLUSH_SCRIPTS, 'look-for-keys.js');
    const look = spawnSync(process.execPath, [script], { input: images.join('\n'), encoding: 'utf8' });
    const missing = look.stdout.split('\n').slice(0, -1).map(Number);
    caught += missing.filter((count) => count > 0).length;
    images.splice(0, missing.length);
    // The process ended early: the next image is so broken that it crashed the process.
    if (images.splice(0, 1).length > 0) caught += 1;
  }
  return caught;
}

const reason = whyNoTrace();
describe.skipIf(reason !== undefined)(`after a power cut${reason ? ` (skipped: ${reason})` : ''}`, () => {
  it('every acknowledged change is there, the store opens and every rule of money holds', async () => {
    const random = createRandom(SEED);
    const trace = await traceOf('store');
    let imagesWithUnsafeWrites = 0;
    let image = 0;
    const cuts = [
      ...momentsAfter(writesOf(trace), IMAGES / 2, random),
      ...momentsAfter(answersOf(trace), IMAGES / 2, random),
    ];
    for (const at of cuts) {
      const folder = await temporaryFolder(cleanup);
      const tearsWrites = image++ % 2 === 0;
      const { acknowledged, unsafeWrites } = await leaveImage(folder, { trace, at, random, tearsWrites });
      if (unsafeWrites > 0) imagesWithUnsafeWrites += 1;
      const store = createLmdbTableStore({ path: folder });
      try {
        const balances = createBalanceDao(store);
        const lost: string[] = [];
        for (const key of acknowledged) {
          const [username = '', id = ''] = key.split(' ');
          if (!(await balances.getTransaction(aUsername(username), aTransactionId(id)))) lost.push(key);
        }
        expect(lost, `seed ${SEED}, image as of line ${at}`).toEqual([]);
        await expectSound(store);
      } finally {
        await store.close();
      }
    }
    expect(imagesWithUnsafeWrites).toBeGreaterThanOrEqual(IMAGES / 4);
    process.stdout.write(
      `  ${IMAGES} power cuts over ${trace.acknowledgements.length} acknowledged changes, ` +
        `${imagesWithUnsafeWrites} of them with unflushed writes, 0 lost; seed ${SEED}\n`,
    );
  });

  it.each(['no-sync', 'answer-when-readable'])(
    'control: a store in the mode "%s" is caught losing changes',
    async (mode) => {
      const caught = await caughtOf(mode);
      process.stdout.write(`  ${mode}: caught in ${caught} of ${CONTROL_IMAGES} images; seed ${SEED}\n`);
      expect(caught).toBeGreaterThanOrEqual(CONTROL_IMAGES * CONTROL_CAUGHT_MIN_SHARE);
    },
  );
});
