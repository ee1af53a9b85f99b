import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { startUserService } from '../user-service-under-test.ts';

const PASSWORD = 'Analytical-Engine-1843';

let service: UserServiceUnderTest;
afterEach(() => service.stop());

const register = (username: string) =>
  service.call('POST', '/auth/register', {
    body: {
      username,
      email: `${username}@example.com`,
      password: PASSWORD,
      first_name: 'Demo',
      last_name: 'Trader',
    },
  });

describe('without free deposits', () => {
  it.each(['customer', 'admin', 'moderator'] as const)(
    'a %s cannot credit their own account, and is told who can',
    async (role) => {
      service = await startUserService({ playMoney: { freeDeposits: false, demoAccounts: false } });
      const headers = await service.signedIn('alice', role);
      const answer = await service.call('POST', '/balance/deposit', { headers, body: { amount: '100.00' } });
      expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_002']);
      expect(answer.body.detail).toContain('administrator');
      expect(await service.storedBalance('alice')).toMatchObject({ current_balance: '0.00' });
    },
  );

  it('an administrator credits the account of a user, who can withdraw it', async () => {
    service = await startUserService({ playMoney: { freeDeposits: false, demoAccounts: false } });
    const alice = await service.signedIn('alice');
    await service.addUser({ username: aUsername('root_admin'), email: 'root@example.com', role: 'admin' });
    const admin = await service.runtime.signIn('root_admin', 'admin');
    const credited = await service.call('POST', '/admin/users/alice/adjustments', {
      headers: admin,
      body: { amount: '100.00', description: 'Wire transfer 4711' },
    });
    expect(credited.status).toBe(201);
    const withdrawn = await service.call('POST', '/balance/withdraw', {
      headers: alice,
      body: { amount: '40.00' },
    });
    expect(withdrawn.status).toBe(201);
    expect(await service.storedBalance('alice')).toMatchObject({ current_balance: '60.00' });
  });
});

describe('without demo accounts', () => {
  it('the API refuses them and accepts other accounts', async () => {
    service = await startUserService({ playMoney: { freeDeposits: true, demoAccounts: false } });
    for (const username of ['demo_k3j9x', 'DEMO_K3J9X']) {
      const answer = await register(username);
      expect([answer.status, answer.body.code]).toEqual([403, 'AUTH_002']);
      expect(answer.body.detail).toContain('demo accounts');
    }
    expect(await service.storedUser('demo_k3j9x')).toBeUndefined();
    expect((await register('demolition')).status).toBe(201);
  });

  it('does not refuse them where the settings allow them', async () => {
    service = await startUserService();
    expect((await register('demo_k3j9x')).status).toBe(201);
  });
});
