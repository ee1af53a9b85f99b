import { randomUUID } from 'node:crypto';
import type { AwsOptions } from '@cnop/common/aws/aws-options';
import { createDynamoDbTables } from '@cnop/common/database/dynamodb/create-tables';
import { deleteDynamoDbTables } from '@cnop/common/database/dynamodb/delete-tables';
import { createDynamoDbTableStore } from '@cnop/common/database/dynamodb/dynamodb-table-store';
import type { TableStore } from '@cnop/common/database/table-store';
import type { PartitionUnits } from './unit-rules.ts';
import { recordCommits } from './unit-rules.ts';

/** The capacity that some work took. */
export interface Consumption {
  /** As the server reported it. */
  readonly writeUnits: number;
  readonly readUnits: number;
  /** The write units by the published rules, and the partitions that they fell on. */
  readonly partitions: readonly PartitionUnits[];
  readonly grownBytes: number;
}

/** A store on new, empty tables that counts what it consumes. */
export interface CountedStore {
  readonly store: TableStore;
  /** Runs some work and returns what it consumed; work in the background counts too. */
  consumedBy(work: () => Promise<unknown>): Promise<Consumption>;
  /** Closes the store and deletes its tables. */
  dispose(): Promise<void>;
}

/** Opens a counted store on tables of its own. */
export async function openCountedStore(aws: AwsOptions): Promise<CountedStore> {
  const options = { aws, tableNamePrefix: `cnop-cost-${randomUUID().slice(0, 8)}-` };
  await createDynamoDbTables(options);
  let writeUnits = 0;
  let readUnits = 0;
  let grownBytes = 0;
  let partitions: PartitionUnits[] = [];
  const reset = (): void => {
    [writeUnits, readUnits, grownBytes, partitions] = [0, 0, 0, []];
  };
  const reported = createDynamoDbTableStore({
    ...options,
    onConsumedCapacity: (usage) => {
      writeUnits += usage.writeUnits;
      readUnits += usage.readUnits;
    },
  });
  const store = recordCommits(reported, (units) => {
    partitions.push(...units.partitions);
    grownBytes += units.grownBytes;
  });
  return {
    store,
    async consumedBy(work) {
      reset();
      await work();
      const consumed = { writeUnits, readUnits, partitions, grownBytes };
      reset();
      return consumed;
    },
    async dispose() {
      await store.close();
      await deleteDynamoDbTables(options);
    },
  };
}
