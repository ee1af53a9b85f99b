import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TableName } from '@cnop/common/database/tables';
import { TABLE_NAMES } from '@cnop/common/database/tables';
import type { UsedRight } from '@cnop/testing/dynamodb-recorder';
import { startDynamoDbRecorder } from '@cnop/testing/dynamodb-recorder';
import { startDynamoDbServer, whyNoDynamoDb } from '@cnop/testing/dynamodb-server';
import { createApi } from '@cnop/testing/system/api-client';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { startCluster } from '@cnop/testing/system/cluster';
import { runNode } from '@cnop/testing/system/node-process';
import { CLI } from '@cnop/testing/system/servers';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { StoreRole, TableRights } from '../../deploy/aws/rights.ts';
import { RIGHTS, START_ACTIONS, STORE_ROLES, UNUSED_RIGHTS } from '../../deploy/aws/rights.ts';
import { tourApi } from '../support/api-tour.ts';
import { withRetries } from '../support/retrying-client.ts';

const PREFIX = 'rights-';
/** The time for work in the background, on a busy machine. */
const BACKGROUND = { timeout: 60_000, interval: 200 };
/** The tour takes 20 seconds on a quiet machine. */
const TOUR_MILLISECONDS = 600_000;
/** What creates the tables, which the stack of AWS does instead. */
const CREATION = new Set(['CreateTable', 'UpdateTimeToLive', 'UpdateContinuousBackups', 'UpdateTable']);

type Grants = Readonly<Record<StoreRole, Readonly<Partial<Record<TableName, Partial<TableRights>>>>>>;

/** Returns a right in one line, such as `user: Query on users/EmailIndex`. */
function lineOf(role: string, action: string, table: string, index?: string): string {
  return `${role}: ${action} on ${table}${index === undefined ? '' : `/${index}`}`;
}

function linesOf(grants: Grants): string[] {
  return STORE_ROLES.flatMap((role) =>
    TABLE_NAMES.flatMap((table) => {
      const { items = [], indexes = {} } = grants[role][table] ?? {};
      return [
        ...items.map((action) => lineOf(role, action, table)),
        ...Object.entries(indexes).flatMap(([index, actions]) =>
          actions.map((action) => lineOf(role, action, table, index)),
        ),
      ];
    }),
  );
}

/** Returns a used right in one line. The commands of an operator name no application. */
function usedLine({ application, action, table, index }: UsedRight): string {
  const role = application === '' ? 'operator' : application.replace('cnop-', '');
  return lineOf(role, action, table.replace(PREFIX, ''), index);
}

function unusedOf(used: readonly UsedRight[]): string[] {
  const lines = new Set(used.map(usedLine));
  return linesOf(RIGHTS).filter((line) => !lines.has(line));
}

const reason = whyNoDynamoDb();
describe.skipIf(reason !== undefined)(`rights on tables${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const cleanup = createCleanup();
  let used: readonly UsedRight[];

  beforeAll(async () => {
    const database = await startDynamoDbServer();
    cleanup.defer(() => database.stop());
    const recorder = await startDynamoDbRecorder(database.endpoint);
    cleanup.defer(() => recorder.close());
    const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-rights-'));
    cleanup.defer(() => rm(dataDir, { recursive: true, force: true }));
    const env = {
      STORE: 'dynamodb',
      DYNAMODB_ENDPOINT: recorder.endpoint,
      DYNAMODB_TABLE_PREFIX: PREFIX,
      PRICE_PERSIST_SECONDS: '1',
      MAX_QUOTE_AGE_SECONDS: '60',
      PRICE_MANUAL_MAX_PERCENT: '1000',
    };
    const cluster = await startCluster({ dataDir, env });
    cleanup.defer(() => cluster.kill());
    await tourApi(withRetries(createApi(cluster.url)));
    // Engines and the market maker work in the background.
    await vi.waitFor(() => {
      const missing = unusedOf(recorder.usedRights()).filter((line) => !line.startsWith('operator'));
      expect(missing.filter((line) => !(line in UNUSED_RIGHTS))).toEqual([]);
    }, BACKGROUND);
    await cluster.stop();
    const { code, stdout } = await runNode({ script: CLI, args: ['verify'], cwd: dataDir, env });
    expect(code, stdout).toBe(0);
    used = recorder.usedRights();
  }, TOUR_MILLISECONDS);
  afterAll(() => cleanup.run());

  it('every request of a process has the right that it needs', () => {
    const starts = STORE_ROLES.flatMap((role) =>
      TABLE_NAMES.flatMap((table) => START_ACTIONS.map((action) => lineOf(role, action, table))),
    );
    const granted = new Set([...linesOf(RIGHTS), ...starts]);
    const needed = new Set(used.filter(({ action }) => !CREATION.has(action)).map(usedLine));
    expect([...needed].filter((line) => !granted.has(line)).toSorted()).toEqual([]);
  });

  it('every right is used, or has a reason', () => {
    expect(unusedOf(used).filter((line) => !(line in UNUSED_RIGHTS))).toEqual([]);
    expect(linesOf(RIGHTS)).toEqual(expect.arrayContaining(Object.keys(UNUSED_RIGHTS)));
  });
});
