import type { Username } from '@cnop/common/core/brands';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { UserRole, UserStatus } from '@cnop/common/entities/user/user';
import { anAssetId, aUsername } from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { InventoryServiceUnderTest } from '../inventory-service-under-test.ts';
import { startInventoryService } from '../inventory-service-under-test.ts';

const MARY = aUsername('mary');
const ADAM = aUsername('adam');
const ANNA = aUsername('anna');

const START = '2026-03-01T09:00:00.000Z';
const MINUTE_MILLISECONDS = 60_000;
const URL = '/inventory/assets/BTC/price';
const BTC = anAsset({ current_price: '1000' });

let service: InventoryServiceUnderTest;
beforeEach(async () => {
  service = await startInventoryService([BTC, anAsset({ asset_id: 'ETH', current_price: '100' })], {
    PRICE_MANUAL_MAX_PERCENT: '20',
  });
});
afterEach(async () => service.dispose());

/** Creates a user with a role, signed in. */
async function staff(username: Username, role: UserRole, status: UserStatus = 'active') {
  await createUserDao(service.runtime.store).createUser(
    aUser({ username, email: `${username}@example.com`, role, status }),
  );
  return service.runtime.signIn(username, role);
}

type Signed = Awaited<ReturnType<typeof staff>>;

const set = async (as: Signed, price: string, { force = false, url = URL } = {}) =>
  service.send({ as, method: 'PUT', url, body: { price, ...(force && { force }) } });

const decide = async (as: Signed, id: string, verb: 'approve' | 'reject') =>
  service.send({ as, method: 'POST', url: `/inventory/assets/BTC/price-proposals/${id}/${verb}` });

const propose = async (as: Signed, price: string): Promise<string> => {
  const reply = await set(as, price, { force: true });
  expect(reply.statusCode).toBe(202);
  return reply.json<{ data: { proposal_id: string } }>().data.proposal_id;
};

const pending = async (as: Signed) => {
  const reply = await service.send({ as, url: '/inventory/price-proposals' });
  return reply.json<{ data: { asset_id: string; price: string }[] }>().data;
};

const price = async () => (await service.dao.getAsset(anAssetId('BTC')))?.current_price;

describe('a manual price of one person', () => {
  test.each(['800', '1200', '999.99'])('is set within the limit: %s', async (wanted) => {
    const moderator = await staff(MARY, 'moderator');
    expect((await set(moderator, wanted)).statusCode).toBe(200);
    expect(await price()).toBe(wanted);
  });

  test.each(['799.99', '1200.01', '0.01', '1000000'])('is refused beyond it: %s', async (wanted) => {
    const admin = await staff(ADAM, 'admin');
    const reply = await set(admin, wanted);
    expect(reply.statusCode).toBe(422);
    expect(reply.json()).toMatchObject({
      code: 'VAL_001',
      errors: [{ field: 'price', code: 'needs_second_administrator' }],
    });
    expect(await price()).toBe('1000');
    expect(await service.audited('admin')).toEqual([]);
  });

  test('counts small steps and steps up and down together, by all users', async () => {
    const moderator = await staff(MARY, 'moderator');
    const admin = await staff(ADAM, 'admin');
    expect((await set(moderator, '1100')).statusCode).toBe(200);
    expect((await set(admin, '1000')).statusCode).toBe(200);
    expect((await set(moderator, '1100')).statusCode).toBe(422);
    expect((await set(admin, '990')).statusCode).toBe(422);
    expect((await set(admin, '1005')).statusCode).toBe(200);
  });

  test('may move again as the hour passes, separately for each asset', async () => {
    const moderator = await staff(MARY, 'moderator');
    expect((await set(moderator, '1200')).statusCode).toBe(200);
    expect((await set(moderator, '1190')).statusCode).toBe(422);
    expect((await set(moderator, '120', { url: '/inventory/assets/ETH/price' })).statusCode).toBe(200);
    service.clock.advanceMilliseconds(30 * MINUTE_MILLISECONDS);
    const later = await service.runtime.signIn('mary', 'moderator');
    expect((await set(later, '1325')).statusCode).toBe(422);
    expect((await set(later, '1315')).statusCode).toBe(200);
  });
});

describe('a larger step', () => {
  test('is proposed with force, and set when a second administrator approves it', async () => {
    const moderator = await staff(MARY, 'moderator');
    const admin = await staff(ADAM, 'admin');
    const reply = await set(moderator, '0.01', { force: true });
    expect(reply.statusCode).toBe(202);
    const { data } = reply.json<{ data: { proposal_id: string } }>();
    expect(data).toEqual({
      proposal_id: expect.any(String) as string,
      asset_id: 'BTC',
      price: '0.01',
      price_before: '1000',
      proposed_by: 'mary',
      proposed_at: START,
      expires_at: '2026-03-01T10:00:00.000Z',
    });
    expect(await price()).toBe('1000');
    expect(await pending(admin)).toEqual([data]);

    const approved = await decide(admin, data.proposal_id, 'approve');
    expect(approved.json()).toMatchObject({ data: { asset_id: 'BTC', current_price: '0.01' } });
    expect(await price()).toBe('0.01');
    expect(service.runtime.quotes.latest(anAssetId('BTC'))).toMatchObject({ mid: '0.01' });
    expect(await pending(admin)).toEqual([]);
  });

  test('is audited with both names and the prices before and after', async () => {
    const proposalId = await propose(await staff(aUsername('mallory'), 'moderator'), '5000');
    await decide(await staff(ADAM, 'admin'), proposalId, 'approve');
    const changes = [{ field: 'current_price', before: '1000', after: '5000' }];
    expect(await service.audited('moderator')).toEqual([
      expect.objectContaining({
        actor: 'mallory',
        address: '127.0.0.1',
        detail: { action: 'propose_asset_price', asset_id: 'BTC' },
        changes,
      }),
    ]);
    expect(await service.audited('admin')).toEqual([
      expect.objectContaining({
        actor: 'adam',
        address: '127.0.0.1',
        detail: { action: 'approve_asset_price', asset_id: 'BTC', proposed_by: 'mallory' },
        changes,
      }),
    ]);
  });

  test('is set when a second administrator sends the same request with force', async () => {
    await propose(await staff(ANNA, 'admin'), '5000');
    const reply = await set(await staff(ADAM, 'admin'), '5000', { force: true });
    expect(reply.statusCode).toBe(200);
    expect(await price()).toBe('5000');
  });

  test('is not approved by the administrator who proposed it', async () => {
    const admin = await staff(ADAM, 'admin');
    const proposalId = await propose(admin, '5000');
    expect((await set(admin, '5000', { force: true })).statusCode).toBe(202);
    const reply = await decide(admin, proposalId, 'approve');
    expect(reply.statusCode).toBe(403);
    expect(reply.json()).toMatchObject({
      code: 'AUTH_002',
      detail: expect.stringContaining('second') as string,
    });
    expect(await price()).toBe('1000');
  });

  test('is not approved by a moderator', async () => {
    const moderator = await staff(MARY, 'moderator');
    const proposalId = await propose(await staff(ADAM, 'admin'), '5000');
    expect((await decide(moderator, proposalId, 'approve')).statusCode).toBe(403);
    expect((await set(moderator, '5000', { force: true })).statusCode).toBe(403);
    expect(await price()).toBe('1000');
  });

  test('is not approved by an administrator who lost the role or was suspended a moment ago', async () => {
    const proposalId = await propose(await staff(MARY, 'moderator'), '5000');
    const suspended = await staff(ADAM, 'admin', 'suspended');
    await staff(ANNA, 'customer');
    const demoted = await service.runtime.signIn('anna', 'admin');
    expect((await decide(suspended, proposalId, 'approve')).statusCode).toBe(403);
    expect((await decide(demoted, proposalId, 'approve')).statusCode).toBe(403);
    expect(await price()).toBe('1000');
  });

  test('expires after an hour', async () => {
    const proposalId = await propose(await staff(MARY, 'moderator'), '5000');
    service.clock.advanceMilliseconds(60 * MINUTE_MILLISECONDS);
    const admin = await service.runtime.signIn('adam', 'admin');
    await createUserDao(service.runtime.store).createUser(aUser({ username: 'adam', role: 'admin' }));
    expect((await decide(admin, proposalId, 'approve')).statusCode).toBe(404);
    expect(await pending(admin)).toEqual([]);
    expect(await price()).toBe('1000');
  });

  test('is approved once when two administrators approve at the same time', async () => {
    const proposalId = await propose(await staff(MARY, 'moderator'), '5000');
    const approvers = [await staff(ADAM, 'admin'), await staff(ANNA, 'admin')];
    const replies = await Promise.all(approvers.map(async (as) => decide(as, proposalId, 'approve')));
    expect(replies.map(({ statusCode }) => statusCode).toSorted((a, b) => a - b)).toEqual([200, 404]);
  });

  test('is refused while another proposal of the asset is pending', async () => {
    const moderator = await staff(MARY, 'moderator');
    const admin = await staff(ADAM, 'admin');
    const proposalId = await propose(moderator, '5000');
    expect((await set(admin, '6000', { force: true })).statusCode).toBe(409);
    expect((await decide(admin, proposalId, 'reject')).statusCode).toBe(200);
    expect((await decide(admin, proposalId, 'approve')).statusCode).toBe(404);
    await propose(admin, '6000');
    expect((await service.audited('admin')).map(({ detail }) => detail)).toEqual([
      { action: 'reject_asset_price', asset_id: 'BTC', proposed_price: '5000', proposed_by: 'mary' },
      { action: 'propose_asset_price', asset_id: 'BTC' },
    ]);
  });

  test('is withdrawn by the moderator who proposed it, and by no other moderator', async () => {
    const moderator = await staff(MARY, 'moderator');
    const proposalId = await propose(moderator, '5000');
    expect((await decide(await staff(aUsername('moe'), 'moderator'), proposalId, 'reject')).statusCode).toBe(
      403,
    );
    expect((await decide(moderator, proposalId, 'reject')).statusCode).toBe(200);
    expect(await pending(moderator)).toEqual([]);
  });
});

test('customers neither see nor decide proposals', async () => {
  const customer = await staff(aUsername('carol'), 'customer');
  const proposalId = await propose(await staff(MARY, 'moderator'), '5000');
  expect((await service.send({ as: customer, url: '/inventory/price-proposals' })).statusCode).toBe(403);
  expect((await decide(customer, proposalId, 'reject')).statusCode).toBe(403);
  expect((await decide(customer, proposalId, 'approve')).statusCode).toBe(403);
});
