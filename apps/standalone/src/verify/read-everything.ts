import { setImmediate } from 'node:timers/promises';
import type { Decimal } from '@cnop/common/core/money';
import { decimal, ZERO } from '@cnop/common/core/money';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Item, StoreReader } from '@cnop/common/database/table-store';
import { MAX_BATCH_GET_ITEMS } from '@cnop/common/database/table-store';
import type { IndexName, TableName } from '@cnop/common/database/tables';
import { TABLE_NAMES, TABLES } from '@cnop/common/database/tables';
import { createAccountWalk } from './account-walk.ts';
import type { CrossCheck } from './cross-check.ts';
import type { Findings } from './findings.ts';
import { checkAlone } from './rules/alone.ts';
import type { AssetScales } from './rules/asset-scale.ts';
import { checkConservation } from './rules/conservation.ts';
import type { Promised } from './rules/first-answer.ts';
import { checkPromise, promiseOf } from './rules/first-answer.ts';
import { checkItem } from './rules/item.ts';
import { isBuy, isMarketOrder, isOpen } from './rules/order-sides.ts';
import { confirmPlace, statementsOf } from './statements.ts';
import type { Kind, Reading, Stored } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import { violation } from './violation.ts';

/** Between two of them the event loop turns, so that a server in the same process goes on. */
const ITEMS_PER_TURN = 2_000;

export interface Audit {
  readonly reader: StoreReader;
  readonly check: CrossCheck;
  readonly findings: Findings;
  readonly onProgress: (itemsRead: number) => void;
}

export interface Tally {
  readonly kinds: ReadonlyMap<Kind, number>;
  /** USD of all users. */
  readonly cash: Decimal;
}

/** What is gathered over the whole store. None of it grows with the number of orders or transactions. */
interface Gathered {
  readonly kinds: Map<Kind, number>;
  readonly catalogue: Map<string, AssetScales>;
  readonly holds: Map<string, Decimal>;
  cash: Decimal;
  bought: Decimal;
  sold: Decimal;
}

/**
 * The first reading: each item by itself, each account by itself, and a cross-check of what items say about each
 * other, to be explained by a second reading if it does not come out even.
 */
export async function readEverything(audit: Audit): Promise<Tally> {
  const { check, findings } = audit;
  const gathered: Gathered = {
    kinds: new Map(),
    catalogue: new Map(),
    holds: new Map(),
    cash: ZERO,
    bought: ZERO,
    sold: ZERO,
  };
  const { holds } = gathered;
  const promises = createPromiseKeeper(audit);
  const walk = createAccountWalk({ check, findings, holds });
  const turn = createTurns(audit.onProgress);

  // Assets before what is counted in them, orders before the balances that they hold of.
  for (const table of ['inventory', 'orders', 'users'] as const) {
    for await (const item of audit.reader.scan(table)) {
      const reading = readItem(item);
      look(audit, gathered, item, reading);
      if (table === 'users') walk.visit(item.key, reading);
      if (reading.outcome === 'read') await promises.add(reading.stored);
      await turn();
    }
  }
  await promises.settle();
  const ledger = walk.end();
  for (const [username, hold] of holds) {
    if (hold.gt('0')) {
      findings.add([
        violation('balance-held', [balanceRecord.key({ username })], 'Open orders hold of no balance.'),
      ]);
    }
  }
  findings.add(
    checkConservation({ cash: gathered.cash, bought: gathered.bought, sold: gathered.sold, ledger }),
  );
  for (const [table, index] of everyIndex()) {
    for await (const line of audit.reader.scanIndex(table, index)) {
      confirmPlace(check, index, line);
      await turn();
    }
  }
  return { kinds: gathered.kinds, cash: gathered.cash };
}

export function everyIndex(): (readonly [TableName, IndexName])[] {
  return TABLE_NAMES.flatMap((table) =>
    (Object.keys(TABLES[table].indexes) as IndexName[]).map((index) => [table, index] as const),
  );
}

function look({ check, findings }: Audit, gathered: Gathered, item: Item, reading: Reading): void {
  findings.add(checkItem(item, reading));
  if (reading.outcome !== 'read') return;
  const { stored } = reading;
  gather(gathered, stored);
  findings.add(checkAlone(stored, gathered.catalogue));
  for (const { side, topic, text } of statementsOf(stored)) check[side](topic, text);
}

function gather(gathered: Gathered, stored: Stored): void {
  gathered.kinds.set(stored.kind, (gathered.kinds.get(stored.kind) ?? 0) + 1);
  switch (stored.kind) {
    case 'asset':
      gathered.catalogue.set(stored.entity.asset_id, stored.entity);
      break;
    case 'balance':
      gathered.cash = gathered.cash.plus(stored.entity.current_balance);
      break;
    case 'asset transaction':
      if (stored.entity.transaction_type === 'buy')
        gathered.bought = gathered.bought.plus(stored.entity.total_amount);
      if (stored.entity.transaction_type === 'sell')
        gathered.sold = gathered.sold.plus(stored.entity.total_amount);
      break;
    case 'order': {
      const { username, status, order_type, total_amount } = stored.entity;
      // A market order holds nothing: it pays in the commit that accepts it.
      if (!isOpen(status) || !isBuy(order_type) || isMarketOrder(order_type)) break;
      gathered.holds.set(username, decimal(total_amount).plus(gathered.holds.get(username) ?? ZERO));
      break;
    }
    default:
  }
}

/** Looks up what remembered answers promise, many at a time. */
function createPromiseKeeper({ reader, findings }: Audit) {
  let waiting: Promised[] = [];
  const settle = async (): Promise<void> => {
    const promises = waiting;
    waiting = [];
    const items = await reader.batchGet(promises.map(({ key }) => key));
    findings.add(promises.flatMap((promised, position) => checkPromise(promised, items[position])));
  };
  return {
    settle,
    async add(stored: Stored): Promise<void> {
      if (stored.kind !== 'remembered answer') return;
      const promised = promiseOf(stored);
      if (!promised) return;
      if ('rule' in promised) findings.add([promised]);
      else waiting.push(promised);
      if (waiting.length === MAX_BATCH_GET_ITEMS) await settle();
    },
  };
}

function createTurns(onProgress: (itemsRead: number) => void): () => Promise<void> | undefined {
  let itemsRead = 0;
  return () => {
    itemsRead += 1;
    if (itemsRead % ITEMS_PER_TURN !== 0) return undefined;
    onProgress(itemsRead);
    return setImmediate();
  };
}
