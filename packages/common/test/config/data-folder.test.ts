import { chmod, mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { looseDataFolder, refuseLooseDataFolder } from '@cnop/common/config/data-folder';
import { createLmdbTableStore } from '@cnop/common/database/lmdb/lmdb-table-store';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const settings = z
  .object({ NODE_ENV: z.string(), STORE: z.string(), DATA_DIR: z.string() })
  .superRefine(refuseLooseDataFolder);

describe.runIf(process.getuid !== undefined)('the data folder', () => {
  let parent: string;
  let dataDir: string;
  beforeEach(async () => {
    parent = await mkdtemp(join(tmpdir(), 'cnop-data-'));
    dataDir = join(parent, 'data');
  });
  afterEach(() => rm(parent, { recursive: true, force: true }));

  const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);
  const refusalOf = (NODE_ENV: string, STORE = 'lmdb') =>
    settings.safeParse({ NODE_ENV, STORE, DATA_DIR: dataDir }).error?.issues[0];

  it('is created for its owner alone under any umask', async () => {
    const umask = process.umask(0);
    try {
      await createLmdbTableStore({ path: join(dataDir, 'store') }).close();
    } finally {
      process.umask(umask);
    }
    expect(await modeOf(dataDir)).toBe('700');
    expect(await modeOf(join(dataDir, 'store'))).toBe('700');
    const files = await readdir(join(dataDir, 'store'));
    expect(files.toSorted()).toEqual(['data.mdb', 'lock.mdb']);
    for (const name of files) expect(await modeOf(join(dataDir, 'store', name)), name).toBe('600');
    expect(looseDataFolder(dataDir)).toBeUndefined();
  });

  it.each([
    ['itself', '', 0o750],
    ['its store', 'store', 0o705],
    ['a file of the store', 'store/data.mdb', 0o640],
    ['a file that only others can write', 'store/data.mdb', 0o602],
    ['a key', 'keys/signing-keys.json', 0o644],
  ])('is refused in production when others have access to %s', async (_what, name, mode) => {
    for (const folder of ['store', 'keys']) {
      await mkdir(join(dataDir, folder), { recursive: true, mode: 0o700 });
    }
    for (const file of ['store/data.mdb', 'keys/signing-keys.json']) {
      await writeFile(join(dataDir, file), '', { mode: 0o600 });
    }
    expect(refusalOf('production')).toBeUndefined();
    await chmod(join(dataDir, name), mode);
    const refusal = refusalOf('production');
    expect(refusal?.path).toEqual(['DATA_DIR']);
    expect(refusal?.message).toContain(`mode 0${mode.toString(8)}`);
    expect(refusal?.message).toContain(`chmod -R go-rwx ${dataDir}`);
    expect(refusalOf('development')).toBeUndefined();
    expect(refusalOf('production', 'dynamodb')).toBeUndefined();
  });

  it('may be missing', () => {
    expect(refusalOf('production')).toBeUndefined();
  });
});
