import { aUsername } from '@cnop/testing/builders/brands';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UserServiceUnderTest } from '../user-service-under-test.ts';
import { countByStatus, fieldErrors, startUserService } from '../user-service-under-test.ts';

let service: UserServiceUnderTest;
beforeAll(async () => {
  service = await startUserService();
});
afterAll(() => service.stop());

let people = 0;
/** Signs in a new user with an empty account. */
async function customer(username = aUsername(`customer${(people += 1)}`)) {
  const session = await service.signedIn(username);
  const post =
    (path: string) =>
    (body: unknown, headers: Record<string, string> = {}) =>
      service.call('POST', path, { headers: { ...session, ...headers }, body });
  return {
    username,
    get: (path: string) => service.call('GET', path, { headers: session }),
    deposit: post('/balance/deposit'),
    withdraw: post('/balance/withdraw'),
  };
}

describe('an Idempotency-Key', () => {
  it('gives a retry the first response, byte for byte, and one effect', async () => {
    const { username, deposit } = await customer();
    const first = await deposit({ amount: '10' }, { 'idempotency-key': 'k-1' });
    service.clock.advanceSeconds(60);
    const again = await deposit({ amount: '10' }, { 'idempotency-key': '"k-1"' });
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(again).toMatchObject({
      status: 201,
      text: first.text,
      headers: { 'idempotency-replayed': 'true' },
    });
    expect(await service.storedBalance(username)).toMatchObject({
      current_balance: '10.00',
      transaction_count: 1,
    });
  });

  it('has one effect in 20 parallel copies', async () => {
    const { username, deposit } = await customer();
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => deposit({ amount: '7' }, { 'idempotency-key': 'copies' })),
    );
    expect(countByStatus(answers)).toEqual({ 201: 20 });
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(await service.storedBalance(username)).toMatchObject({ current_balance: '7.00' });
  });

  it('with another request is refused', async () => {
    const { username, deposit } = await customer();
    await deposit({ amount: '10' }, { 'idempotency-key': 'k-2' });
    const other = await deposit({ amount: '11' }, { 'idempotency-key': 'k-2' });
    expect(other.status).toBe(422);
    expect(fieldErrors(other)).toEqual({ 'Idempotency-Key': 'key_reused' });
    expect(await service.storedBalance(username)).toMatchObject({ current_balance: '10.00' });
  });

  it('belongs to one user and one command', async () => {
    const [alice, bob] = [await customer(), await customer()];
    const key = { 'idempotency-key': 'shared' };
    await alice.deposit({ amount: '10' }, key);
    expect((await alice.withdraw({ amount: '10' }, key)).headers).not.toHaveProperty('idempotency-replayed');
    expect((await bob.deposit({ amount: '10' }, key)).headers).not.toHaveProperty('idempotency-replayed');
    expect(await service.storedBalance(alice.username)).toMatchObject({ current_balance: '0.00' });
    expect(await service.storedBalance(bob.username)).toMatchObject({ current_balance: '10.00' });
  });

  it('of a refused request may be used again', async () => {
    const { deposit, withdraw } = await customer();
    const key = { 'idempotency-key': 'later' };
    expect((await withdraw({ amount: '5' }, key)).status).toBe(422);
    await deposit({ amount: '5' });
    expect((await withdraw({ amount: '5' }, key)).status).toBe(201);
  });

  it('is forgotten after a day', async () => {
    const { username, deposit } = await customer();
    const key = { 'idempotency-key': 'daily' };
    await deposit({ amount: '1' }, key);
    service.clock.advanceSeconds(24 * 60 * 60);
    const headers = await service.runtime.signIn(username);
    const next = await service.call('POST', '/balance/deposit', {
      headers: { ...headers, ...key },
      body: { amount: '1' },
    });
    expect(next).toMatchObject({ status: 201, body: { new_balance: '2.00' } });
  });

  it.each([[''], ['x'.repeat(129)], ['caf\u00e9']])(
    'that is not 1 to 128 printable characters is refused: %j',
    async (key) => {
      const { deposit } = await customer();
      const answer = await deposit({ amount: '1' }, { 'idempotency-key': key });
      expect(answer.status).toBe(422);
      expect(fieldErrors(answer)).toHaveProperty('Idempotency-Key');
    },
  );
});
