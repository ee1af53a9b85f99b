import { createUserDao } from '@cnop/common/dao/user/user-dao';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, fieldErrors, PASSWORD, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

let people = 0;
/** Returns a valid registration of a new user. */
function registration(changes: Readonly<Record<string, unknown>> = {}) {
  people += 1;
  return {
    username: `person${people}`,
    email: `person${people}@example.com`,
    password: 'Sunny-Day-2026',
    first_name: 'Ada',
    last_name: 'Lovelace',
    ...changes,
  };
}
const register = (body: unknown) => service.call('POST', '/auth/register', { body });

describe('the profile', () => {
  it('has every field and no secret', async () => {
    const headers = await service.signedIn('reader');
    const answer = await service.call('GET', '/auth/profile', { headers });
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body).toSorted()).toEqual(
      [
        'username',
        'email',
        'first_name',
        'last_name',
        'phone',
        'date_of_birth',
        'role',
        'status',
        'tier',
        'marketing_emails_consent',
        'created_at',
        'updated_at',
      ].toSorted(),
    );
  });

  it('changes only the given fields', async () => {
    const headers = await service.signedIn('editor');
    service.clock.advanceSeconds(1);
    const change = { first_name: 'Edith', phone: '1234567890', date_of_birth: '1980-01-01' };
    const answer = await service.call('PUT', '/auth/profile', { headers, body: change });
    expect(answer).toMatchObject({
      status: 200,
      body: { message: 'Profile updated successfully', user: { ...change, last_name: 'Example' } },
    });
    const stored = await service.storedUser('editor');
    expect(stored).toMatchObject({
      ...change,
      last_name: 'Example',
      updated_at: service.clock.now().toISOString(),
    });
  });

  it.each([null, ''])('clears the phone with %j, and the date of birth with null', async (phone) => {
    const username = aUsername(`eraser${(people += 1)}`);
    const headers = await service.signedIn(username);
    await service.call('PUT', '/auth/profile', { headers, body: { phone: '1234567890' } });
    const answer = await service.call('PUT', '/auth/profile', {
      headers,
      body: { phone, date_of_birth: null },
    });
    expect(answer.status).toBe(200);
    expect(await service.storedUser(username)).toMatchObject({ phone: null, date_of_birth: null });
  });

  it('claims a free e-mail and releases the old one', async () => {
    const before = registration();
    await register(before);
    const headers = await service.runtime.signIn(before.username);
    const put = (email: string) =>
      service.call('PUT', '/auth/profile', { headers, body: { email, current_password: before.password } });
    expect(await put('Moved@Example.com')).toMatchObject({
      status: 200,
      body: { user: { email: 'moved@example.com' } },
    });
    expect((await register(registration({ email: before.email }))).status).toBe(201);
    expect(await put(before.email)).toMatchObject({
      status: 409,
      body: { code: 'RES_002', errors: [{ field: 'email' }] },
    });
    expect((await register(registration({ email: 'moved@example.com' }))).status).toBe(409);
  });

  it('requires the password for a new e-mail and records the change', async () => {
    const headers = await service.signedIn('mover');
    const put = (body: Readonly<Record<string, string>>) =>
      service.call('PUT', '/auth/profile', { headers, body: { email: 'mover@example.org', ...body } });
    const missing = await put({ first_name: 'Eve' });
    expect(missing.status).toBe(422);
    expect(fieldErrors(missing)).toEqual({ current_password: 'required' });
    const wrong = await put({ current_password: 'Wrong-Guess-1', first_name: 'Eve' });
    expect(wrong.status).toBe(422);
    expect(fieldErrors(wrong)).toEqual({ current_password: 'wrong_password' });
    expect(await service.storedUser('mover')).toMatchObject({
      email: 'mover@example.com',
      first_name: 'Alice',
    });
    const typesOf = async () => (await service.eventsOf('mover')).map((event) => event.event_type);
    expect(await typesOf()).toEqual(['login_failure']);

    expect((await put({ current_password: PASSWORD })).status).toBe(200);
    expect(await service.storedUser('mover')).toMatchObject({ email: 'mover@example.org' });
    expect(await typesOf()).toEqual(['email_change', 'login_failure']);
    expect((await service.eventsOf('mover'))[0]).toMatchObject({
      actor: 'mover',
      detail: { field: 'email' },
    });
    // The audit log has neither address.
    expect(JSON.stringify(await service.eventsOf('mover'))).not.toContain('example.');
  });

  it('counts wrong passwords of an e-mail change as failed sign-ins', async () => {
    const headers = await service.signedIn('hijacked');
    const put = (current_password: string) =>
      service.call('PUT', '/auth/profile', {
        headers,
        body: { email: 'thief@example.org', current_password },
        from: '198.51.100.9',
      });
    const statuses = [];
    for (let i = 0; i < 6; i += 1) statuses.push((await put('Wrong-Guess-1')).status);
    expect(statuses).toEqual([422, 422, 422, 422, 422, 429]);
    expect((await put(PASSWORD)).status).toBe(429);
    expect((await service.logIn('hijacked', PASSWORD, { from: '198.51.100.9' })).status).toBe(429);
  });

  it('keeps the e-mail when a password change commits after the old password was checked', async () => {
    const headers = await service.signedIn('raced');
    const password_hash = await service.passwords.hash('Another-Horse-9');
    service.afterPasswordCheck(async () => {
      await createUserDao(service.store).updateUser(aUsername('raced'), { password_hash });
    });
    const body = { email: 'raced@example.org', current_password: PASSWORD };
    expect((await service.call('PUT', '/auth/profile', { headers, body })).status).toBe(422);
    expect(await service.storedUser('raced')).toMatchObject({ email: 'raced@example.com' });
  });

  it.each([
    ['a username', { username: 'other' }, { username: 'unknown_field' }],
    ['a role', { role: 'admin' }, { role: 'unknown_field' }],
    ['a password', { password: PASSWORD }, { password: 'unknown_field' }],
    ['a hash', { password_hash: 'x' }, { password_hash: 'unknown_field' }],
    ['null for a name', { first_name: null }, { first_name: 'invalid_type' }],
    ['a date of birth that is to come', { date_of_birth: '2030-01-01' }, { date_of_birth: 'invalid' }],
  ])('refuses %s', async (_what, body, expected) => {
    const headers = await service.signedIn(`refused${(people += 1)}`);
    const answer = await service.call('PUT', '/auth/profile', { headers, body });
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual(expected);
  });

  it('is not found for a session of a deleted user', async () => {
    const headers = await service.runtime.signIn('ghost');
    expect(await service.call('GET', '/auth/profile', { headers })).toMatchObject({
      status: 404,
      body: { code: 'RES_001' },
    });
  });
});

describe('changing the password', () => {
  const NEW_PASSWORD = 'Rainy-Day-2027';
  const change = (headers: Record<string, string>, current: string, next = NEW_PASSWORD, from?: string) =>
    service.call('POST', '/auth/password', {
      headers,
      body: { current_password: current, new_password: next },
      ...(from !== undefined && { from }),
    });

  it('ends all other sessions at once and keeps the current one', async () => {
    const own = await service.signedIn('changer');
    const other = await service.runtime.signIn('changer');
    expect((await change(own, PASSWORD)).status).toBe(200);
    expect((await service.call('GET', '/balance', { headers: own })).status).toBe(200);
    expect((await service.call('GET', '/balance', { headers: other })).status).toBe(401);
    expect((await service.logIn('changer', PASSWORD)).status).toBe(401);
    expect((await service.logIn('changer', NEW_PASSWORD)).status).toBe(200);
    expect((await service.eventsOf('changer')).map((event) => event.event_type)).toContain('password_change');
  });

  it('revokes the refresh token of the current session and returns the next one', async () => {
    await service.addUser({ username: aUsername('renewer') });
    const { body: before } = await service.logIn('renewer');
    const changed = await change(bearer(before.access_token), PASSWORD);
    expect(changed.headers['cache-control']).toBe('no-store');
    expect(changed.body).toMatchObject({
      message: 'Password changed successfully',
      token_type: 'bearer',
      expires_in: 900,
    });
    const refresh = (refresh_token: string) =>
      service.call('POST', '/auth/refresh', { body: { refresh_token } });
    expect(await refresh(before.refresh_token)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    // A stolen old token cannot end the session of the user.
    expect((await refresh(changed.body.refresh_token)).status).toBe(200);
    const headers = bearer(changed.body.access_token);
    expect((await service.call('GET', '/balance', { headers })).status).toBe(200);
  });

  it('is refused and changes nothing when the acting session ends meanwhile', async () => {
    const headers = await service.signedIn('leaver');
    const before = await service.storedUser('leaver');
    service.afterPasswordCheck(async () => {
      await service.call('POST', '/auth/logout', { headers });
    });
    expect(await change(headers, PASSWORD)).toMatchObject({ status: 401, body: { code: 'AUTH_001' } });
    expect(await service.storedUser('leaver')).toEqual(before);
  });

  it('refuses a wrong current password, changes nothing and counts it as a failed sign-in', async () => {
    const headers = await service.signedIn('guesser');
    const before = await service.storedUser('guesser');
    const answers = [];
    for (let i = 0; i < 6; i += 1)
      answers.push(await change(headers, 'Wrong-Guess-1', NEW_PASSWORD, '198.51.100.7'));
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422, 422, 422, 429]);
    expect(fieldErrors(answers[0]!)).toEqual({ current_password: 'wrong_password' });
    expect(await service.storedUser('guesser')).toEqual(before);
    expect(await change(headers, PASSWORD, NEW_PASSWORD, '198.51.100.8')).toMatchObject({ status: 200 });
  });

  it.each([
    ['the present one', PASSWORD, 'same_password'],
    ['the present one in other characters', PASSWORD.replace('C', 'Ｃ'), 'same_password'],
    ['a common one', 'Welcome2026!!', 'common_password'],
    ['the own username', 'Chooser-2026-Strong', 'own_name_in_password'],
  ])('refuses %s as the new password, and counts no failure', async (_what, next, code) => {
    const headers = await service.signedIn('chooser').catch(() => service.runtime.signIn('chooser'));
    const answer = await change(headers, PASSWORD, next);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toEqual({ new_password: code });
    expect(await service.eventsOf('chooser')).toEqual([]);
  });

  it('refuses a new password that is too weak', async () => {
    const headers = await service.signedIn('weakling');
    const answer = await change(headers, PASSWORD, 'weak');
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toHaveProperty('new_password');
  });
});
