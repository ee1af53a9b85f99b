import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, expect, test } from 'vitest';
import { claimFolder } from '../../src/cluster/claim-folder.ts';

/** Above the largest process id of Linux. */
const NO_PROCESS = 4_194_305;

const cleanup = createCleanup();
afterEach(() => cleanup.run());

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'cnop-claim-'));
  cleanup.defer(() => rm(folder, { recursive: true }));
  return folder;
}

test('a folder is claimed by one running process at a time', async () => {
  const folder = await emptyFolder();
  const giveBack = await claimFolder(folder);
  await expect(claimFolder(folder)).rejects.toThrow(
    `a cluster (process ${process.pid}) already uses ${folder}`,
  );
  await giveBack();
  await (await claimFolder(folder))();
});

test('the claim of a process that has ended does not count', async () => {
  const folder = await emptyFolder();
  await writeFile(path.join(folder, 'cluster.pid'), String(NO_PROCESS));
  await (await claimFolder(folder))();
});

test('of two starts at the same moment one gets the folder', async () => {
  const folder = await emptyFolder();
  const outcomes = await Promise.allSettled([claimFolder(folder), claimFolder(folder)]);
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});
