import type { FundingProviderName } from '@cnop/common/entities/user/payment';
import { aUsd, aUsername } from '@cnop/testing/builders/brands';
import type { TestRuntime } from '@cnop/testing/test-runtime';
import { createFundingProviders } from '@cnop/user-service/funding/domain/funding-provider';
import { requestDeposit, requestWithdrawal } from '@cnop/user-service/funding/use-cases/request-payment';

export const PAYER = aUsername('nina');

/**
 * Makes a payment of each kind and outcome for nina: a deposit of 200 that is completed and one of 5.13 that the bank
 * declined; a deposit of 30 that is due later; withdrawals of 40, which the provider has, and of 60, which awaits review.
 */
export async function leavePayments(runtime: TestRuntime): Promise<void> {
  const pay = async (
    request: typeof requestDeposit | typeof requestWithdrawal,
    usd: string,
    provider: FundingProviderName,
    bankSeconds = 0,
  ) => {
    const funding = { provider, bankSeconds, webhookSecrets: [], reviewAbove: aUsd('50') };
    const deps = { ...runtime, funding, fundingProviders: createFundingProviders(funding) };
    await request(deps, { username: PAYER, amount: aUsd(usd), description: null, intent: undefined });
  };
  await pay(requestDeposit, '200', 'simulated_bank');
  await pay(requestDeposit, '5.13', 'simulated_bank');
  await pay(requestDeposit, '30', 'simulated_bank', 86_400);
  await pay(requestWithdrawal, '40', 'webhook');
  await pay(requestWithdrawal, '60', 'webhook');
}
