import type { Clock } from '@cnop/common/core/clock';
import type { TableStore } from '@cnop/common/database/table-store';
import type { Portfolio } from '../domain/portfolio.ts';
import { summarizePortfolio } from '../domain/portfolio.ts';
import { readAccount } from './read-account.ts';
import type { ValueHoldingsDeps } from './value-holdings.ts';
import { valueHoldings } from './value-holdings.ts';

export interface ReadPortfolioDeps extends ValueHoldingsDeps {
  readonly store: TableStore;
  readonly clock: Clock;
}

/**
 * Reads a user's cash and positions at current prices.
 * @throws NotFoundError (404) without an account
 */
export async function readPortfolio(deps: ReadPortfolioDeps, username: string): Promise<Portfolio> {
  const { balance, holdings } = await readAccount(deps.store, username);
  const valued = await valueHoldings(deps, holdings);
  return summarizePortfolio(balance, valued, deps.clock.now().toISOString());
}
