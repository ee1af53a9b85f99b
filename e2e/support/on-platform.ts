import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterAll, beforeAll, it } from 'vitest';
import type { Platform } from './platform.ts';

/**
 * Registers tests of one shape of the platform. They share its processes, which start before the first test; the last test
 * stops them and audits the store.
 */
export function onPlatform(
  start: (cleanup: Cleanup) => Promise<Platform>,
  describeFacts: (platformOf: () => Platform) => void,
): void {
  const cleanup = createCleanup();
  let platform: Platform;
  beforeAll(async () => {
    platform = await start(cleanup);
  });
  afterAll(() => cleanup.run());
  describeFacts(() => platform);
  it('afterwards every process exits with 0 and the audit of the store finds no violation', async () => {
    await platform.stopAndAudit();
  });
}
