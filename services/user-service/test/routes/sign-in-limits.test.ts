import { createHopSigner, HOP_HEADER } from '@cnop/common/auth/gateway-hop';
import type { Username } from '@cnop/common/core/brands';
import { aUsername } from '@cnop/testing/builders/brands';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Answer, UserServiceUnderTest } from '../user-service-under-test.ts';
import { bearer, countByStatus, PASSWORD, startUserService } from '../user-service-under-test.ts';

const WRONG = 'Wrong-Horse-9-Battery';
const OFFICE = '198.51.100.1';
const HOME = '203.0.113.9';
const WINDOW_SECONDS = 300;

let service: UserServiceUnderTest;
beforeEach(async () => {
  service = await startUserService();
});
afterEach(() => service.stop());

const typesOf = async (username: Username) =>
  (await service.eventsOf(username)).map((event) => event.event_type);
const fail = (username: string, from: string) => service.logIn(username, WRONG, { from });

async function failTimes(count: number, username: string, from: string): Promise<number[]> {
  const statuses = [];
  for (let i = 0; i < count; i += 1) statuses.push((await fail(username, from)).status);
  return statuses;
}

describe('failed sign-ins', () => {
  it('lead to 429 from the sixth within five minutes, even for the right password', async () => {
    await service.addUser();
    expect(await failTimes(6, 'alice', OFFICE)).toEqual([401, 401, 401, 401, 401, 429]);
    const right = await service.logIn('alice', PASSWORD, { from: OFFICE });
    expect(right).toMatchObject({ status: 429, body: { code: 'RATE_001' } });
    expect(Number(right.headers['retry-after'])).toBe(WINDOW_SECONDS);
  });

  it('record the lockout once', async () => {
    await service.addUser();
    await failTimes(8, 'alice', OFFICE);
    const types = await typesOf(aUsername('alice'));
    expect(types.filter((type) => type === 'lockout')).toHaveLength(1);
    expect(types.filter((type) => type === 'login_failure')).toHaveLength(5);
  });

  it('are limited for an unknown user as well', async () => {
    expect(await failTimes(6, 'unknown_user', OFFICE)).toEqual([401, 401, 401, 401, 401, 429]);
  });

  it('no longer count once they leave the window', async () => {
    await service.addUser();
    await failTimes(1, 'alice', OFFICE);
    service.clock.advanceSeconds(100);
    await failTimes(4, 'alice', OFFICE);
    const locked = await service.logIn('alice', PASSWORD, { from: OFFICE });
    expect(locked).toMatchObject({ status: 429, headers: { 'retry-after': '200' } });
    service.clock.advanceSeconds(200);
    expect((await service.logIn('alice', PASSWORD, { from: OFFICE })).status).toBe(200);
  });

  it('are cleared by a success', async () => {
    await service.addUser();
    await failTimes(4, 'alice', OFFICE);
    expect((await service.logIn('alice', PASSWORD, { from: OFFICE })).status).toBe(200);
    expect(await failTimes(5, 'alice', OFFICE)).toEqual([401, 401, 401, 401, 401]);
  });

  it('of an attacker do not lock the user out', async () => {
    await service.addUser();
    await failTimes(6, 'alice', OFFICE);
    expect((await service.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    expect((await fail('alice', OFFICE)).status).toBe(429);
  });

  it('count for the address that a trusted proxy reports, not for one that a client claims', async () => {
    await service.addUser();
    const viaProxy = (address: string) =>
      service.logIn('alice', WRONG, { headers: { 'x-forwarded-for': `1.1.1.1, ${address}` } });
    for (let i = 0; i < 5; i += 1) expect((await viaProxy(OFFICE)).status).toBe(401);
    expect((await viaProxy(OFFICE)).status).toBe(429);
    expect((await viaProxy(HOME)).status).toBe(401);
    await service.addUser({ username: aUsername('bob'), email: 'bob@example.com' });
    const direct = (claimed: string) =>
      service.logIn('bob', WRONG, { from: '192.0.2.1', headers: { 'x-forwarded-for': claimed } });
    for (let i = 0; i < 5; i += 1) expect((await direct(`10.0.0.${i}`)).status).toBe(401);
    expect((await direct('10.0.0.9')).status).toBe(429);
  });

  it('count for the peer of a direct call that bypasses the gateway, whichever address it claims', async () => {
    const secret = 'the secret of the gateway and the services';
    const guarded = await startUserService({ gatewaySecret: secret });
    await guarded.addUser();
    const claiming = (address: string) =>
      guarded.logIn('alice', WRONG, { headers: { 'x-forwarded-for': address } });
    const viaGateway = (clientAddress: string, requestId: string) => {
      const hop = { method: 'POST', url: '/auth/login', clientAddress, requestId };
      const headers = {
        'x-forwarded-for': clientAddress,
        'x-request-id': requestId,
        [HOP_HEADER]: createHopSigner(secret, guarded.clock)(hop),
      };
      return guarded.logIn('alice', WRONG, { headers });
    };
    for (let i = 0; i < 5; i += 1) expect((await claiming(`203.0.113.${i}`)).status).toBe(401);
    expect((await claiming('203.0.113.9')).status).toBe(429);
    for (let i = 0; i < 5; i += 1) expect((await viaGateway(OFFICE, `request-${i}`)).status).toBe(401);
    expect((await viaGateway(OFFICE, 'request-9')).status).toBe(429);
    await guarded.stop();
  });

  it('count for a whole IPv6 network', async () => {
    await service.addUser();
    for (let i = 0; i < 5; i += 1) await fail('alice', `2001:db8:0:1::${i}`);
    expect((await fail('alice', '2001:db8:0:1:ffff::1')).status).toBe(429);
    expect((await fail('alice', '2001:db8:0:2::1')).status).toBe(401);
  });

  it('in parallel evaluate about five guesses, not more', async () => {
    await service.addUser();
    const answers = await Promise.all(Array.from({ length: 30 }, () => fail('alice', OFFICE)));
    expect(countByStatus(answers)).toEqual({ 401: 5, 429: 25 });
    expect((await typesOf(aUsername('alice'))).filter((type) => type === 'lockout')).toHaveLength(1);
  });
});

describe('guesses from many networks at one account', () => {
  const GUESSES = 300;
  const stranger = (index: number) => `198.18.${index % 256}.${Math.floor(index / 256)}`;

  /** Another address of the same /24. */
  const HOME_LATER = '203.0.113.77';

  async function guess(count: number, gapSeconds: number): Promise<Record<string, number>> {
    const answers: Answer[] = [];
    for (let index = 0; index < count; index += 1) {
      answers.push(await fail('alice', stranger(index)));
      service.clock.advanceSeconds(gapSeconds);
    }
    return countByStatus(answers);
  }

  it('are evaluated at most twenty times in five minutes, and the user signs in from a known network at once', async () => {
    await service.addUser();
    expect((await service.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    const { 401: evaluated = 0, 429: refused = 0 } = await guess(GUESSES, 1);
    expect(evaluated + refused).toBe(GUESSES);
    expect(evaluated).toBeGreaterThanOrEqual(10);
    expect(evaluated).toBeLessThanOrEqual(20);
    expect((await service.logIn('alice', PASSWORD, { from: HOME_LATER })).status).toBe(200);
    expect((await service.logIn('alice', PASSWORD, { from: stranger(GUESSES) })).status).toBe(429);
  });

  it('in parallel evaluate about ten passwords, and a right one among the rest is refused', async () => {
    await service.addUser();
    const wrong = Array.from({ length: GUESSES }, (_, index) => fail('alice', stranger(index)));
    expect(countByStatus(await Promise.all(wrong))).toEqual({ 401: 10, 429: 290 });
    const right = await service.logIn('alice', PASSWORD, { from: stranger(GUESSES) });
    expect([right.status, Number(right.headers['retry-after'])]).toEqual([429, 1]);
  });

  it('are slowed down for an unknown username in the same way', async () => {
    const answers: Answer[] = [];
    for (let index = 0; index < 15; index += 1) answers.push(await fail('not_a_user', stranger(index)));
    expect(countByStatus(answers)).toEqual({ 401: 10, 429: 5 });
  });

  it('are recorded when the slow-down starts', async () => {
    await service.addUser();
    await guess(15, 0);
    const lockouts = (await service.eventsOf('alice')).filter(({ event_type }) => event_type === 'lockout');
    expect(lockouts.map(({ detail }) => detail)).toEqual([{ scope: 'unknown networks' }]);
  });

  it('stay slowed down after the user signed in', async () => {
    await service.addUser();
    await service.logIn('alice', PASSWORD, { from: HOME });
    await guess(15, 0);
    await service.logIn('alice', PASSWORD, { from: HOME });
    expect((await fail('alice', stranger(GUESSES))).status).toBe(429);
  });

  it('slow down a password change in a stolen session from another network as well', async () => {
    await service.addUser();
    const { body } = await service.logIn('alice', PASSWORD, { from: HOME });
    await guess(15, 0);
    const change = (from: string) =>
      service.call('POST', '/auth/password', {
        from,
        headers: bearer(body.access_token),
        body: { current_password: WRONG, new_password: 'Another-Horse-7-Battery' },
      });
    expect((await change(stranger(GUESSES))).status).toBe(429);
    expect((await change(HOME)).status).toBe(422);
  });

  it('store neither address nor network of the user', async () => {
    await service.addUser();
    await service.logIn('alice', PASSWORD, { from: HOME });
    const history = (await service.everyStoredItem()).find(({ key }) => key.sk === 'SIGNINS');
    expect(history?.attributes).toMatchObject({ failures: 0, failed_at: null });
    expect(JSON.stringify(history)).not.toContain('203.0.113');
  });
});

describe('the queues for the password process', () => {
  it('refuse no user from a known network during 150 parallel sign-ups and guesses from many networks', async () => {
    const crowded = await startUserService({ maxWaitingPasswords: 8 });
    await crowded.addUser();
    expect((await crowded.logIn('alice', PASSWORD, { from: HOME })).status).toBe(200);
    const signUps = Array.from({ length: 150 }, (_, index) =>
      crowded.call('POST', '/auth/register', {
        from: `198.18.0.${index}`,
        body: {
          username: `newcomer_${index}`,
          email: `newcomer_${index}@example.com`,
          password: 'Analytical-Engine-1843',
          first_name: 'Ada',
          last_name: 'Lovelace',
        },
      }),
    );
    const guesses = Array.from({ length: 50 }, (_, index) =>
      crowded.logIn(`someone_${index}`, WRONG, { from: `198.19.0.${index}` }),
    );
    const owner = crowded.logIn('alice', PASSWORD, { from: HOME });
    expect((await owner).status).toBe(200);
    expect(countByStatus(await Promise.all(signUps))[429]).toBeGreaterThan(0);
    expect(countByStatus(await Promise.all(guesses))[429]).toBeGreaterThan(0);
    await crowded.stop();
  });

  it('refuse no sign-in during a flood from one other network', async () => {
    const crowded = await startUserService({ maxWaitingPasswords: 8 });
    await crowded.addUser();
    const flood = Array.from({ length: 60 }, (_, index) =>
      crowded.logIn(`someone_${index}`, WRONG, { from: `2001:db8:0:${index.toString(16)}::1` }),
    );
    const owner = crowded.logIn('alice', PASSWORD, { from: HOME });
    expect((await owner).status).toBe(200);
    expect(countByStatus(await Promise.all(flood))[429]).toBeGreaterThan(0);
    await crowded.stop();
  });
});
