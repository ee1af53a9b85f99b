import type { TableStore } from '@cnop/common/database/table-store';
import { afterAll, beforeAll, describe } from 'vitest';
import { describeAtomicity } from './atomicity.ts';
import type { ContractContext, StoreUnderTest, TableStoreContract } from './contract.ts';
import { describeDurability } from './durability.ts';
import { describeHistories } from './histories.ts';
import { describeIndexes } from './indexes.ts';
import { describeItems } from './items.ts';
import { describeModel } from './model.ts';
import { describePaging } from './paging.ts';
import { describeQueries } from './queries.ts';
import { describeConflicts, describeSerializability } from './serializability.ts';
import { describeUsage } from './usage.ts';

/** Generous: a slow machine is not a broken adapter. */
const TIMEOUT_MILLISECONDS = 60_000;

/**
 * What every adapter of `TableStore` must do, as tests. Call it from a test file of the adapter.
 * @param name of the adapter, for the report
 */
export function describeTableStoreContract(name: string, contract: TableStoreContract): void {
  describe(`${name} keeps the contract of TableStore`, { timeout: TIMEOUT_MILLISECONDS }, () => {
    let underTest: StoreUnderTest | undefined;
    let store: TableStore | undefined;

    beforeAll(async () => {
      underTest = await contract.open();
      store = underTest.store;
    });

    afterAll(async () => {
      await underTest?.dispose();
    });

    const context: ContractContext = {
      store() {
        if (!store) throw new Error('the store is not open yet');
        return store;
      },
      async reopen() {
        store = await underTest?.reopen();
      },
    };
    describeItems(context);
    describeAtomicity(context);
    describeSerializability(context);
    if (contract.openWithoutRetries) describeConflicts(contract.openWithoutRetries);
    describeQueries(context);
    describePaging(context);
    describeHistories(context);
    describeIndexes(context);
    describeUsage(context);
    describeDurability(context);
    describeModel(context);
  });
}
