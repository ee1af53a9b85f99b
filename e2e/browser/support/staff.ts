import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus, freshName, signUp } from '@cnop/testing/system/api-client';
import type { BrowserContext } from '@playwright/test';
import type { Platform } from './platforms.ts';
import { enter } from './test.ts';

/**
 * Signs in a new staff member. Not the first administrator: the number of sessions is limited, and the platform uses
 * one.
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

/** Adds an asset that only this test uses. */
export async function addAsset(platform: Platform, price = '10.00'): Promise<string> {
  const id = freshAssetId();
  const body = { asset_id: id, symbol: id, name: `Coin ${id}`, current_price: price };
  expectStatus(await platform.admin.send('POST', '/inventory/assets', { body }), 201);
  return id;
}

/** Returns an id that no other test uses. */
export function freshAssetId(): string {
  return freshName('Z').replace('_', '').toUpperCase();
}
