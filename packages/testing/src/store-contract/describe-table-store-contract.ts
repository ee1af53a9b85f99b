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

/** Long enough for a busy machine. */
const TIMEOUT_MILLISECONDS = 60_000;

/**
 * Defines the contract suite of `TableStore`. Call it from a test file of the adapter.
 * @param name name of the adapter, for the report
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
        if (!store) throw new Error('the store is not open');
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
