import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, freshName, signUp } from '@cnop/testing/system/api-client';
import type { BrowserContext } from '@playwright/test';
import type { Platform } from './platforms.ts';
import { enter } from './test.ts';

/**
 * Signs in somebody new who looks after the platform. Not the first administrator: an account has only so many sessions,
 * and the first of them is the platform's own.
 */
export async function enterAs(
  role: 'admin' | 'moderator',
  context: BrowserContext,
  platform: Platform,
): Promise<Account> {
  const account = await signUp(platform.api, { username: freshName(role) });
  const path = `/admin/users/${account.username}`;
  expectStatus(await platform.admin.send('PATCH', path, { body: { role } }), 200);
  await enter(context, platform, account.username);
  return account;
}

/** Adds an asset to the catalogue that a test has for itself. */
export async function addAsset(platform: Platform, price = '10.00'): Promise<string> {
  const id = freshAssetId();
  const body = { asset_id: id, symbol: id, name: `Coin ${id}`, current_price: price };
  expectStatus(await platform.admin.send('POST', '/inventory/assets', { body }), 201);
  return id;
}

/** An id that no other test has. */
export function freshAssetId(): string {
  return freshName('Z').replace('_', '').toUpperCase();
}
