import { createTableRequest } from '@cnop/common/database/dynamodb/create-tables';
import { EXPIRES_AT, tableName } from '@cnop/common/database/dynamodb/item-codec';
import type { TableName } from '@cnop/common/database/tables';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import { CfnResource, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { ManagedPolicy, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { StoreRole } from './rights.ts';
import { RIGHTS, START_ACTIONS } from './rights.ts';

/**
 * Adds the tables as the platform declares them, with recovery to any second of the last 35 days. Deleting the stack
 * leaves them, and deleting a table first needs its protection switched off.
 */
export function addTables(scope: Construct, prefix: string): void {
  for (const table of TABLE_NAMES) {
    const resource = new CfnResource(scope, `Table-${table}`, {
      type: 'AWS::DynamoDB::Table',
      properties: {
        ...createTableRequest(tableName(prefix, table), table),
        TimeToLiveSpecification: { AttributeName: EXPIRES_AT, Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      },
    });
    resource.applyRemovalPolicy(RemovalPolicy.RETAIN);
  }
}

/** Adds the policy of a role, which may also be attached to a role of Amazon EKS. */
export function addStorePolicy(scope: Construct, role: StoreRole, prefix: string): ManagedPolicy {
  return new ManagedPolicy(scope, `StorePolicy-${role}`, {
    managedPolicyName: `cnop-store-${role}`,
    statements: TABLE_NAMES.flatMap((table) => statementsOf(Stack.of(scope), role, table, prefix)),
  });
}

function statementsOf(stack: Stack, role: StoreRole, table: TableName, prefix: string): PolicyStatement[] {
  const { items, indexes = {} } = RIGHTS[role][table];
  const resourceName = tableName(prefix, table);
  const arn = stack.formatArn({ service: 'dynamodb', resource: 'table', resourceName });
  const toActions = (names: readonly string[]) => names.map((name) => `dynamodb:${name}`);
  return [
    new PolicyStatement({ actions: toActions([...START_ACTIONS, ...items]), resources: [arn] }),
    ...Object.entries(indexes).map(
      ([index, actions]) =>
        new PolicyStatement({ actions: toActions(actions), resources: [`${arn}/index/${index}`] }),
    ),
  ];
}
