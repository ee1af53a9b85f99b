import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, fieldErrors, PASSWORD, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

/** Signs in anew each time, since tests move the clock past the expiry of earlier tokens. */
async function get(query: string) {
  const headers = await service.runtime.signIn('root', 'admin');
  return service.call('GET', `/admin/audit-events${query}`, { headers });
}
const typesOf = (answer: Awaited<ReturnType<typeof get>>) =>
  answer.body.data.map(({ event_type }) => event_type);

describe('security events', () => {
  it('of a user are complete, newest first', async () => {
    await service.addUser({ username: aUsername('root'), role: 'admin' });
    const admin = await service.runtime.signIn('root', 'admin');
    const password = 'Sunny-Day-2026';
    const tick = () => service.clock.advanceSeconds(1);
    const story = [
      () =>
        service.call('POST', '/auth/register', {
          body: { username: 'hero', email: 'hero@example.com', password, first_name: 'He', last_name: 'Ro' },
        }),
      () => service.logIn('hero', PASSWORD, { headers: { 'user-agent': 'Browser/1' }, from: '198.51.100.1' }),
      async () => {
        const { body } = await service.logIn('hero', password);
        const headers = bearer(body.access_token);
        tick();
        const change = { current_password: password, new_password: 'Rainy-Day-2027' };
        await service.call('POST', '/auth/password', { headers, body: change });
        tick();
        return service.call('POST', '/auth/logout', { headers });
      },
      () => service.call('PATCH', '/admin/users/hero', { headers: admin, body: { role: 'moderator' } }),
      () => service.call('PATCH', '/admin/users/hero', { headers: admin, body: { status: 'suspended' } }),
      () =>
        service.call('POST', '/admin/users/hero/adjustments', {
          headers: admin,
          body: { amount: '5', description: 'Gift' },
        }),
    ];
    for (const step of story) {
      await step();
      tick();
    }
    const answer = await get('?username=HERO');
    expect(answer.status).toBe(200);
    expect(typesOf(answer)).toEqual([
      'admin_action',
      'status_change',
      'role_change',
      'logout',
      'password_change',
      'login',
      'login_failure',
      'sign_up',
    ]);
    expect(answer.body.data[6]).toEqual({
      event_id: expect.any(String) as string,
      event_type: 'login_failure',
      username: 'hero',
      actor: null,
      address: '198.51.100.1',
      user_agent: 'Browser/1',
      request_id: expect.any(String) as string,
      detail: {},
      changes: [],
      occurred_at: '2026-01-15T12:00:01.000Z',
    });
    for (const secret of [password, 'Rainy-Day-2027', 'hero@example.com', '$2b$']) {
      expect(answer.text).not.toContain(secret);
    }
  });

  it('of today are the default, and a query selects another day', async () => {
    expect(typesOf(await get(''))).toContain('sign_up');
    service.clock.advanceSeconds(24 * 60 * 60);
    expect(typesOf(await get(''))).toEqual([]);
    await service.logIn('unknown_user');
    expect(typesOf(await get(''))).toEqual(['login_failure']);
    expect(typesOf(await get('?day=2026-01-15'))).toContain('sign_up');
    expect(typesOf(await get('?day=2026-01-16'))).toEqual(['login_failure']);
  });

  it('for unknown usernames are found together', async () => {
    const answer = await get('?username=(unknown)');
    expect(typesOf(answer)).toEqual(['login_failure']);
    expect(answer.text).not.toContain('unknown_user');
  });

  it('come in pages', async () => {
    const whole = await get('?username=hero');
    const first = await get('?username=hero&limit=5');
    expect(first.body).toMatchObject({ has_more: true });
    const cursor = encodeURIComponent(first.body.next_cursor);
    const second = await get(`?username=hero&limit=5&cursor=${cursor}`);
    expect(second.body).toMatchObject({ has_more: false, next_cursor: null });
    expect([...first.body.data, ...second.body.data]).toEqual(whole.body.data);
    expect((await get(`?username=root&cursor=${cursor}`)).status).toBe(400);
  });

  it.each([
    ['username=hero&day=2026-01-15', { day: 'invalid' }],
    ['day=2026-02-30', { day: 'invalid_format' }],
    ['day=today', { day: 'invalid_format' }],
    ['offset=5', { offset: 'unknown_field' }],
  ])('refuse %s', async (query, expected) => {
    const answer = await get(`?${query}`);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(expected);
  });
});
