import { PROJECT_ROOT, runNode } from '@cnop/testing/system/node-process';
import { expect, it } from 'vitest';

it('the benchmark of orders runs against the current platform, and its store has no violation', async () => {
  const { stdout, stderr } = await runNode({
    script: 'bench/dist/cli.js',
    args: 'orders --rounds 1 --seconds 1 --connections 1 --unpinned --json'.split(' '),
    cwd: PROJECT_ROOT,
  });
  // On a busy machine the benchmark misses its goals, and its exit code says so.
  expect(JSON.parse(stdout), stderr).toMatchObject({
    subject: { failures: 0 },
    orders: expect.toSatisfy((orders: number) => orders > 0) as number,
    violations: 0,
  });
});
