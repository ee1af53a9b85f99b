import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '@cnop/common/database/lmdb/environment';
import { openEnvironment } from '@cnop/common/database/lmdb/environment';
import { afterEach, beforeEach } from 'vitest';

/** Returns the environment of an empty store for each test. */
export function openForEachTest(use: (environment: Environment) => void): void {
  let folder: string;
  let environment: Environment;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'cnop-lmdb-'));
    environment = openEnvironment(folder);
    use(environment);
  });
  afterEach(async () => {
    await environment.close();
    rmSync(folder, { recursive: true });
  });
}
