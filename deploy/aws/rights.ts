import type { IndexName, TableName } from '@cnop/common/database/tables';

/** The roles that reach the store: services, and the commands of an operator. The gateway has no right on any table. */
export const STORE_ROLES = ['user', 'order', 'inventory', 'operator'] as const;
export type StoreRole = (typeof STORE_ROLES)[number];

/** What a role does with the items of a table and with its indexes. */
export interface TableRights {
  readonly items: readonly ItemAction[];
  readonly indexes?: Partial<Readonly<Record<IndexName, readonly IndexAction[]>>>;
}

/** Actions of DynamoDB on items. A transaction needs those of its parts, and so has no name of its own. */
export type ItemAction =
  | 'BatchGetItem'
  | 'ConditionCheckItem'
  | 'DeleteItem'
  | 'GetItem'
  | 'PutItem'
  | 'Query'
  | 'Scan'
  | 'UpdateItem';
type IndexAction = 'Query' | 'Scan';

/** What every process asks at its start about tables that exist. */
export const START_ACTIONS = ['DescribeTable', 'DescribeTimeToLive'] as const;

/**
 * What each role does with each table. `e2e/cluster/rights.test.ts` compares it with the requests that the processes of a
 * cluster really send, both ways.
 */
export const RIGHTS: Readonly<Record<StoreRole, Readonly<Record<TableName, TableRights>>>> = {
  user: {
    users: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
      indexes: { AuditByDayIndex: ['Query'], UserDirectoryIndex: ['Query'] },
    },
    // Suspending a user cancels the open orders.
    orders: {
      items: ['BatchGetItem', 'GetItem', 'PutItem'],
      indexes: { TriggerIndex: ['Query'], UserOrdersIndex: ['Query'] },
    },
    // An asset of which the house sold too much is closed for buys; stakes depend on the rates of their assets.
    inventory: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'PutItem', 'Query'],
      indexes: { CatalogueIndex: ['Query'] },
    },
  },
  order: {
    users: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'Scan'],
      indexes: { AssetIndex: ['Query'] },
    },
    orders: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
      indexes: { OrderExpiryIndex: ['Query'], TriggerIndex: ['Query'], UserOrdersIndex: ['Query'] },
    },
    // An engine brings the data to the schema version of its code; a refund depends on the asset.
    inventory: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'PutItem', 'Query', 'Scan'],
      indexes: { CatalogueIndex: ['Query'] },
    },
  },
  inventory: {
    users: { items: ['BatchGetItem', 'ConditionCheckItem', 'GetItem', 'PutItem'] },
    orders: { items: [] },
    inventory: {
      items: ['BatchGetItem', 'ConditionCheckItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query'],
      indexes: { CatalogueIndex: ['Query'] },
    },
  },
  operator: {
    users: {
      items: ['BatchGetItem', 'GetItem', 'PutItem', 'Scan'],
      indexes: {
        AssetIndex: ['Scan'],
        AuditByDayIndex: ['Scan'],
        EmailIndex: ['Scan'],
        UserDirectoryIndex: ['Scan'],
      },
    },
    orders: {
      items: ['BatchGetItem', 'GetItem', 'PutItem', 'Scan'],
      indexes: { OrderExpiryIndex: ['Scan'], TriggerIndex: ['Scan'], UserOrdersIndex: ['Scan'] },
    },
    inventory: {
      items: ['BatchGetItem', 'GetItem', 'PutItem', 'Scan'],
      indexes: { CatalogueIndex: ['Scan'] },
    },
  },
};

const SNAPSHOT = 'a decision after a concurrent change is repeated on a snapshot (TransactGetItems)';

/** Rights that the tour of the tests may leave unused, with the reason why they are granted. */
export const UNUSED_RIGHTS: Readonly<Record<string, string>> = {
  'user: GetItem on orders': SNAPSHOT,
  'user: PutItem on inventory': 'only an asset above `max_house_exposure` is closed',
  'user: BatchGetItem on inventory': 'a portfolio of several assets reads them together',
  'operator: GetItem on users': SNAPSHOT,
  'operator: GetItem on orders': SNAPSHOT,
  'operator: PutItem on orders': '`cnop import` and `cnop migrate` write every table',
  'operator: BatchGetItem on inventory': 'an import or a migration reads what it may replace',
  'order: PutItem on inventory': 'a migration of the schema writes assets',
  'order: DeleteItem on orders': 'old peaks of trailing stops are deleted when many have gathered',
  'order: DeleteItem on users':
    'an engine completes the cancellation of orders that another process began, and a run ends its due work',
};
