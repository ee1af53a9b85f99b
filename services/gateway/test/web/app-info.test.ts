import { expect, it } from 'vitest';
import { openGateway } from '../harness.ts';

it.each([
  [{ isProduction: false, playMoney: { freeDeposits: true, demoAccounts: true } }, 'development'],
  [{ isProduction: false, playMoney: { freeDeposits: true, demoAccounts: false } }, 'development'],
  [{ isProduction: true, playMoney: { freeDeposits: false, demoAccounts: false } }, 'production'],
])('says what kind of installation this is, to everyone: %j', async (options, mode) => {
  const gateway = await openGateway({ ...options, version: '7.8.9' });
  const answer = await gateway.app.inject('/api/v1/app-info');
  expect(answer.statusCode).toBe(200);
  expect(answer.json()).toEqual({
    data: {
      mode,
      version: '7.8.9',
      demo_accounts: options.playMoney.demoAccounts,
      free_deposits: options.playMoney.freeDeposits,
    },
  });
  expect(answer.headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  await gateway.close();
});
