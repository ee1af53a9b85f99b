import { setImmediate } from 'node:timers/promises';
import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import type { Item, StoreReader } from '@cnop/common/database/table-store';
import type { IndexName, TableName } from '@cnop/common/database/tables';
import { TABLE_NAMES, TABLES } from '@cnop/common/database/tables';
import { createAccountWalk } from './account-walk.ts';
import { createCandleWalk } from './candle-walk.ts';
import type { CrossCheck } from './cross-check.ts';
import { createEventWalk } from './event-walk.ts';
import type { Findings } from './findings.ts';
import type { Holds } from './holds.ts';
import { createHolds } from './holds.ts';
import type { Lookups } from './lookups.ts';
import { createLookups } from './lookups.ts';
import { checkAlone } from './rules/alone.ts';
import type { AssetScales } from './rules/asset-scale.ts';
import { checkListed } from './rules/asset-scale.ts';
import { checkConservation } from './rules/conservation.ts';
import { checkPromise, promiseOf } from './rules/first-answer.ts';
import { checkItem } from './rules/item.ts';
import { confirmPlace, statementsOf } from './statements.ts';
import type { Kind, Reading, Stored } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';

/** Between two of them the event loop turns, so that a server in the same process goes on. */
const ITEMS_PER_TURN = 2_000;

export interface Audit {
  readonly reader: StoreReader;
  readonly check: CrossCheck;
  readonly findings: Findings;
  readonly onProgress: (itemsRead: number) => void;
  readonly now: Date;
  /** From when on no event may be missing. */
  readonly keptSince: string;
}

export interface Tally {
  readonly kinds: ReadonlyMap<Kind, number>;
  /** USD of all users. */
  readonly cash: Decimal;
  /** USD that the house was paid for trades. */
  readonly fees: Decimal;
}

/** What is gathered over the whole store. None of it grows with transactions, events or orders that are over. */
interface Gathered {
  readonly kinds: Map<Kind, number>;
  readonly catalogue: Map<string, AssetScales>;
  readonly holds: Holds;
  cash: Decimal;
  bought: Decimal;
  sold: Decimal;
  fees: Decimal;
}

/**
 * The first reading: each item by itself, each account by itself, and a cross-check of what items say about each
 * other, to be explained by a second reading if it does not come out even.
 */
export async function readEverything(audit: Audit): Promise<Tally> {
  const { check, findings, reader, keptSince } = audit;
  const gathered = nothingGathered();
  const { holds } = gathered;
  const lookups = createLookups(audit);
  const accounts = createAccountWalk({ check, findings, holds });
  const events = createEventWalk({ findings, lookups, keptSince });
  const candles = createCandleWalk({ findings, lookups, now: audit.now });
  const turn = createTurns(audit.onProgress);

  // Assets before what is counted in them, orders before the balances that they hold of.
  for (const table of ['inventory', 'orders', 'users'] as const) {
    for await (const item of reader.scan(table)) {
      const reading = readItem(item);
      look(audit, gathered, item, reading);
      if (table === 'inventory') await candles.visit(reading);
      if (table === 'users') {
        accounts.visit(item.key, reading);
        await events.visit(item.key, reading);
        await askForPromise(lookups, findings, reading);
      }
      await turn();
    }
  }
  await events.end();
  await lookups.settle();
  const ledger = accounts.end();
  findings.add(holds.leftOver());
  // Candles are read before all assets are known.
  for (const [assetId, key] of candles.firstOfAssets()) {
    findings.add(checkListed(key, assetId, gathered.catalogue));
  }
  findings.add(checkConservation({ ...gathered, ledger }));
  for (const [table, index] of everyIndex()) {
    for await (const line of reader.scanIndex(table, index)) {
      confirmPlace(check, index, line);
      await turn();
    }
  }
  return gathered;
}

export function everyIndex(): (readonly [TableName, IndexName])[] {
  return TABLE_NAMES.flatMap((table) =>
    (Object.keys(TABLES[table].indexes) as IndexName[]).map((index) => [table, index] as const),
  );
}

function nothingGathered(): Gathered {
  return {
    kinds: new Map(),
    catalogue: new Map(),
    holds: createHolds(),
    cash: ZERO,
    bought: ZERO,
    sold: ZERO,
    fees: ZERO,
  };
}

function look({ check, findings, keptSince }: Audit, gathered: Gathered, item: Item, reading: Reading): void {
  findings.add(checkItem(item, reading));
  if (reading.outcome !== 'read') return;
  const { stored } = reading;
  gather(gathered, stored);
  findings.add(checkAlone(stored, gathered.catalogue));
  for (const { side, topic, text } of statementsOf(stored, keptSince)) check[side](topic, text);
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
    case 'asset transaction': {
      const { transaction_type, total_amount, fees } = stored.entity;
      if (transaction_type === 'buy') gathered.bought = gathered.bought.plus(total_amount);
      if (transaction_type === 'sell' || transaction_type === 'settlement')
        gathered.sold = gathered.sold.plus(total_amount);
      if (fees !== null) gathered.fees = gathered.fees.plus(fees);
      break;
    }
    case 'order':
      gathered.holds.add(stored.entity);
      break;
    default:
  }
}

/** Looks up what a remembered answer promises. */
async function askForPromise(lookups: Lookups, findings: Findings, reading: Reading): Promise<void> {
  if (reading.outcome !== 'read' || reading.stored.kind !== 'remembered answer') return;
  const promised = promiseOf(reading.stored);
  if (!promised) return;
  if ('rule' in promised) findings.add([promised]);
  else await lookups.ask({ keys: [promised.key], judge: ([item]) => checkPromise(promised, item) });
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
