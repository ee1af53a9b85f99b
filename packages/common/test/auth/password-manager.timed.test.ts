import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { expect, it, onTestFinished } from 'vitest';

const PASSWORD = 'Correct-Horse-9-Battery';

it('a user who does not exist costs the same time as one who does, whatever the password', async () => {
  const manager = createPasswordManager({ cost: 8, concurrency: 1 });
  onTestFinished(() => manager.close());
  const hash = await manager.hash(PASSWORD);
  const attempts = {
    known: () => manager.verify('A-Wrong-Password-1', hash),
    unknown: () => manager.verifyAgainstNobody('A-Wrong-Password-1'),
    tooLong: () => manager.verify('a'.repeat(1_000), hash),
    tooLongUnknown: () => manager.verifyAgainstNobody('a'.repeat(1_000)),
  };
  const times: Record<string, number[]> = {};
  // In turns, so that what else the machine does hits all alike.
  for (let round = 0; round < 25; round += 1) {
    for (const [name, attempt] of Object.entries(attempts)) {
      const startedAt = performance.now();
      await attempt();
      (times[name] ??= []).push(performance.now() - startedAt);
    }
  }
  const fastest = (name: string) => Math.min(...(times[name] ?? []));
  for (const name of Object.keys(attempts)) {
    expect(fastest(name), name).toBeGreaterThan(fastest('known') * 0.8);
    expect(fastest(name), name).toBeLessThan(fastest('known') * 1.25);
  }
});
