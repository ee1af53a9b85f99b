import { createPasswordManager } from '@cnop/common/auth/password-manager';
import { hash as hashOf } from '@node-rs/bcrypt';
import { expect, it, onTestFinished } from 'vitest';

const PASSWORD = 'Correct-Horse-9-Battery';

it('a failure takes the same time for unknown users, every stored cost and every password', async () => {
  const manager = createPasswordManager({ cost: 8, concurrency: 1 });
  onTestFinished(() => manager.close());
  const hash = await manager.hash(PASSWORD);
  const [weak, weaker] = await Promise.all([7, 4].map((cost) => hashOf(PASSWORD, { cost })));
  const attempts = {
    known: () => manager.verify('A-Wrong-Password-1', hash),
    unknown: () => manager.verify('A-Wrong-Password-1', undefined),
    weak: () => manager.verify('A-Wrong-Password-1', weak),
    weaker: () => manager.verify('A-Wrong-Password-1', weaker),
    tooLong: () => manager.verify('a'.repeat(1_000), hash),
    tooLongWeak: () => manager.verify('a'.repeat(1_000), weak),
    tooLongUnknown: () => manager.verify('a'.repeat(1_000), undefined),
  };
  const times: Record<string, number[]> = {};
  // Measured in turns, so that other load affects all cases alike.
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
