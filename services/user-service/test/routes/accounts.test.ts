import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, PASSWORD, startUserService } from '../user-service-under-test.ts';

const TODAY = '2026-01-15';
const MAX_PASSWORD = `Aa1!${'x'.repeat(68)}`;

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

describe('registering', () => {
  it('creates a user with an empty balance and an audit event, and returns no hash', async () => {
    const person = registration({ phone: '+441234567890', date_of_birth: '1990-02-28' });
    const answer = await register(person);
    expect(answer.status).toBe(201);
    const { password, ...rest } = person;
    expect(answer.body).toEqual({
      message: 'User registered successfully',
      user: {
        ...rest,
        role: 'customer',
        status: 'active',
        tier: 'standard',
        marketing_emails_consent: false,
        created_at: '2026-01-15T12:00:00.000Z',
        updated_at: '2026-01-15T12:00:00.000Z',
      },
    });
    const stored = await service.storedUser(person.username);
    expect(stored?.password_hash).toMatch(/^\$2b\$04\$/);
    expect(await service.storedBalance(person.username)).toMatchObject({
      current_balance: '0.00',
      transaction_count: 0,
    });
    expect(await service.eventsOf(person.username)).toMatchObject([
      { event_type: 'sign_up', actor: null, address: '127.0.0.1' },
    ]);
    expect((await service.logIn(person.username, password)).status).toBe(200);
  });

  it('stores username and e-mail in lower case and trims names', async () => {
    const person = registration({
      username: 'Grace_Hopper',
      email: ' Grace@Example.COM ',
      first_name: ' Grace ',
    });
    expect(await register(person)).toMatchObject({
      status: 201,
      body: { user: { username: 'grace_hopper', email: 'grace@example.com', first_name: 'Grace' } },
    });
    expect((await service.logIn('GRACE_hopper', 'Sunny-Day-2026')).status).toBe(200);
  });

  it.each([
    ['a name with a full stop', { first_name: 'St. John', last_name: 'Martin Jr.' }, {}],
    ['initials', { first_name: 'J. R. R.' }, {}],
    ['a name with a middle dot', { first_name: 'ジャン・リュック' }, {}],
    ['a phone number with its signs', { phone: '(212) 555-0142' }, { phone: '2125550142' }],
    ['an international phone number', { phone: '+1 (212) 555-0142' }, { phone: '+12125550142' }],
    ['an empty phone number', { phone: '' }, { phone: null }],
    ['an age of 13', { date_of_birth: '2013-01-15' }, {}],
    ['an age of 120', { date_of_birth: '1905-01-16' }, {}],
  ])('accepts %s', async (_what, change, stored) => {
    const person = registration(change);
    expect((await register(person)).status).toBe(201);
    expect(await service.storedUser(person.username)).toMatchObject({ ...change, ...stored });
  });

  it.each([
    ['composed and decomposed', 'jos\u00e9@example.com', 'jose\u0301@example.com'],
    ['in letters and in ASCII', 'a@m\u00fcnchen.de', 'a@xn--mnchen-3ya.de'],
  ])('takes an e-mail %s for one address', async (_how, one, other) => {
    expect((await register(registration({ email: one }))).status).toBe(201);
    expect(await register(registration({ email: other }))).toMatchObject({
      status: 409,
      body: { errors: [{ field: 'email' }] },
    });
  });

  it.each([
    ['a decomposed name', 'jose\u0301@example.org', 'jos\u00e9@example.org'],
    ['a domain in letters', 'a@k\u00f6ln.de', 'a@xn--kln-sna.de'],
    ['a domain in decomposed letters', 'a@go\u0308teborg.se', 'a@g\u00f6teborg.se'],
  ])('does not give away an address that an account from before has with %s', async (_what, old, email) => {
    const username = aUsername(`before${(people += 1)}`);
    await service.addUserFromBefore({ username, email: old });
    expect((await register(registration({ email }))).status).toBe(409);
    expect((await service.logIn(username)).status).toBe(200);
    const headers = await service.runtime.signIn(username);
    // Another spelling of the same address is no change, so it requires no password.
    const body = { email, first_name: 'Ada' };
    expect((await service.call('PUT', '/auth/profile', { headers, body })).status).toBe(200);
    expect(await service.storedUser(username)).toMatchObject({ email: old, first_name: 'Ada' });
  });

  it('reads an account of an earlier version with an address, a name and an age that are refused now', async () => {
    const old = { email: 'a..b@example.com', first_name: '-', date_of_birth: '2020-01-01' };
    await service.addUserFromBefore({ username: aUsername('relic'), ...old });
    expect((await service.logIn('relic')).status).toBe(200);
    const headers = await service.runtime.signIn('relic');
    expect(await service.call('GET', '/auth/profile', { headers })).toMatchObject({ status: 200, body: old });
    const put = (body: unknown) => service.call('PUT', '/auth/profile', { headers, body });
    expect((await put({ phone: '(212) 555-0142' })).status).toBe(200);
    expect((await put({ email: 'a.b@example.com', current_password: PASSWORD })).status).toBe(200);
  });

  it('names the field that is taken', async () => {
    const first = registration();
    await register(first);
    const sameName = await register(registration({ username: first.username.toUpperCase() }));
    expect(sameName).toMatchObject({
      status: 409,
      body: { code: 'RES_002', errors: [{ field: 'username' }] },
    });
    const sameEmail = await register(registration({ email: first.email.toUpperCase() }));
    expect(sameEmail).toMatchObject({ status: 409, body: { code: 'RES_002', errors: [{ field: 'email' }] } });
  });

  it('accepts exactly one of 100 parallel sign-ups with one e-mail', async () => {
    const email = 'race@example.com';
    const answers = await Promise.all(Array.from({ length: 100 }, () => register(registration({ email }))));
    expect(countByStatus(answers)).toEqual({ 201: 1, 409: 99 });
    const items = await service.everyStoredItem();
    expect(items.filter((item) => item.key.sk === 'USER' && item.attributes['email'] === email)).toHaveLength(
      1,
    );
    const users = items.filter((item) => item.key.sk === 'USER').length;
    expect(items.filter((item) => item.key.sk === 'BALANCE')).toHaveLength(users);
    expect(items.filter((item) => item.key.sk === 'EMAIL')).toHaveLength(users);
  });

  it.each([
    ['a username that is too short', { username: 'ab' }, { username: 'too_small' }],
    ['a username that is too long', { username: 'a'.repeat(51) }, { username: 'too_big' }],
    ['a username that begins with an underscore', { username: '_abc' }, { username: 'invalid_format' }],
    ['a username with a hyphen', { username: 'a-bc' }, { username: 'invalid_format' }],
    ['a reserved username', { username: 'Support' }, { username: 'reserved_username' }],
    ['a reserved username with underscores', { username: 'sys_admin' }, { username: 'reserved_username' }],
    ['an e-mail without a domain', { email: 'ada@example' }, { email: 'invalid_format' }],
    ['an e-mail with two dots', { email: 'a..b@example.com' }, { email: 'invalid_format' }],
    ['an e-mail of a machine', { email: 'a@[127.0.0.1]' }, { email: 'invalid_format' }],
    [
      'an e-mail with markup',
      { email: '<script>alert("xss")</script>@example.com' },
      { email: 'invalid_format' },
    ],
    ['a common password', { password: 'P@ssw0rd1234' }, { password: 'common_password' }],
    ['the own name as a password', { password: 'Lovelace-1843-x' }, { password: 'own_name_in_password' }],
    [
      'the own e-mail as a password',
      { email: 'analyst@example.com', password: 'Analyst@Example.com1' },
      { password: 'own_name_in_password' },
    ],
    ['a short password', { password: 'Aa1!aaaaaaa' }, { password: 'too_small' }],
    [
      'a password without an upper-case letter',
      { password: 'sunny-day-2026' },
      { password: 'invalid_format' },
    ],
    [
      'a password without a lower-case letter',
      { password: 'SUNNY-DAY-2026' },
      { password: 'invalid_format' },
    ],
    ['a password without a digit', { password: 'Sunny-Day-After' }, { password: 'invalid_format' }],
    ['a password without a special character', { password: 'SunnyDay2026' }, { password: 'invalid_format' }],
    ['a password of 73 bytes', { password: `${MAX_PASSWORD}x` }, { password: 'invalid' }],
    [
      'a password of 70 characters and 73 bytes',
      { password: `Aa1!${'x'.repeat(63)}ééé` },
      { password: 'invalid' },
    ],
    ['a password with a zero byte', { password: 'Sunny-Day\u00002026' }, { password: 'invalid' }],
    ['a name with digits', { first_name: 'Ada2' }, { first_name: 'invalid_format' }],
    ['an empty name', { last_name: ' ' }, { last_name: 'invalid_format' }],
    ['a phone number of 9 digits', { phone: '123456789' }, { phone: 'invalid_format' }],
    ['a date of birth of today', { date_of_birth: TODAY }, { date_of_birth: 'invalid' }],
    ['an age below 13', { date_of_birth: '2013-01-16' }, { date_of_birth: 'invalid' }],
    ['an age above 120', { date_of_birth: '1905-01-15' }, { date_of_birth: 'invalid' }],
    ['a name with markup', { first_name: '<b>Ada</b>' }, { first_name: 'invalid_format' }],
    ['a date that does not exist', { date_of_birth: '1990-02-30' }, { date_of_birth: 'invalid_format' }],
    [
      'consent that is not a boolean',
      { marketing_emails_consent: 'yes' },
      { marketing_emails_consent: 'invalid_type' },
    ],
    ['a role', { role: 'admin' }, { role: 'unknown_field' }],
    ['a status', { status: 'active' }, { status: 'unknown_field' }],
  ])('refuses %s', async (_what, change, expected) => {
    const person = registration(change);
    const answer = await register(person);
    expect(answer.status).toBe(422);
    expect(fieldErrors(answer)).toMatchObject(expected);
    expect(Object.keys(fieldErrors(answer))).toEqual(Object.keys(expected));
    expect(await service.storedUser(person.username.toLowerCase())).toBeUndefined();
  });

  it('lists every missing field', async () => {
    const answer = await register({});
    expect(answer).toMatchObject({ status: 422, body: { code: 'VAL_003' } });
    expect(Object.keys(fieldErrors(answer))).toEqual([
      'username',
      'email',
      'password',
      'first_name',
      'last_name',
    ]);
  });

  it('accepts a password of 72 bytes and tells its last byte apart', async () => {
    const person = registration({ password: MAX_PASSWORD });
    expect((await register(person)).status).toBe(201);
    expect((await service.logIn(person.username, MAX_PASSWORD)).status).toBe(200);
    expect((await service.logIn(person.username, `${MAX_PASSWORD.slice(0, -1)}y`)).status).toBe(401);
  });

  it.each([
    ['text that is no JSON', '{"username":', 400],
    ['a repeated key', '{"username":"ada","username":"bob"}', 400],
  ])('refuses %s', async (_what, body, status) => {
    expect(await register(body)).toMatchObject({ status, body: { code: 'VAL_002' } });
  });
});
