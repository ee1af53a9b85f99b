import { aUsername } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createTestRuntime } from '@cnop/testing/test-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAttempt } from '../../../src/use-cases/sessions/sign-in-failures.ts';

const NOW = new Date('2026-01-15T12:00:00.000Z');

let runtime: TestRuntime;
beforeAll(async () => {
  runtime = await createTestRuntime();
});
afterAll(() => runtime.dispose());

describe('an attempt to sign in', () => {
  it.each([
    ['192.0.2.1', 'LOGINFAIL#192.0.2.1'],
    ['2001:db8::1', 'LOGINFAIL#2001:db8:0:0::/64'],
  ])('from %s is decided on items whose keys never change', async (address, sk) => {
    const origin = { address, userAgent: 'test', requestId: 'r1' };
    const { keys } = await openAttempt(runtime.store, { username: aUsername('ada'), origin }, NOW);
    expect(keys).toEqual({
      user: { table: 'users', pk: 'ada', sk: 'USER' },
      failures: { table: 'users', pk: 'ada', sk },
      history: { table: 'users', pk: 'ada', sk: 'SIGNINS' },
    });
  });
});
