import { expect, it } from 'vitest';
import { openDoor } from '../harness.ts';

it.each([
  [{ isProduction: false, offersDemoAccounts: true }, 'development', true],
  [{ isProduction: false, offersDemoAccounts: false }, 'development', false],
  [{ isProduction: true, offersDemoAccounts: true }, 'production', true],
  [{ isProduction: true }, 'production', false],
])('says what kind of installation this is, to everybody: %j', async (options, mode, demoAccounts) => {
  const door = await openDoor({ ...options, version: '7.8.9' });
  const answer = await door.app.inject('/api/v1/app-info');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({ data: { mode, version: '7.8.9', demo_accounts: demoAccounts } });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  await door.close();
});
