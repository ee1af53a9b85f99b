import { open, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ConfigError } from '@cnop/common/config/read-config';

/**
 * Claims the data folder of a cluster for this process: two clusters would open one database and send their messages over
 * different servers. The claim of a process that has ended does not count.
 * @returns a function that gives the folder back
 * @throws ConfigError when a cluster that runs has claimed it
 */
export async function claimFolder(dataDir: string): Promise<() => Promise<void>> {
  const file = path.join(dataDir, 'cluster.pid');
  const owner = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (owner > 0 && isRunning(owner)) {
    throw new ConfigError(
      `a cluster (process ${owner}) already uses ${dataDir}: stop it, or choose another --data-dir; if it is no cluster, ` +
        `delete ${file}`,
    );
  }
  await rm(file, { force: true });
  // Another start at the same moment fails here.
  const claim = await open(file, 'wx');
  await claim.writeFile(String(process.pid));
  await claim.close();
  return async () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
