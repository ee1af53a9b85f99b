import { setImmediate } from 'node:timers/promises';
import type { IsoTime } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import type { Item, ItemKey, StoreReader } from '@cnop/common/database/table-store';
import type { IndexName, TableName } from '@cnop/common/database/tables';
import { indexNames, TABLE_NAMES } from '@cnop/common/database/tables';
import { createAccountWalk } from './account-walk.ts';
import { createAirdropWalk } from './airdrop-walk.ts';
import { createCandleWalk } from './candle-walk.ts';
import type { CrossCheck } from './cross-check.ts';
import { createEventWalk } from './event-walk.ts';
import type { Gathered } from './gathered.ts';
import { gather, nothingGathered } from './gathered.ts';
import { bookVersion, createHouseBookWalk } from './house-book-walk.ts';
import type { Lookups } from './lookups.ts';
import { createLookups } from './lookups.ts';
import { checkCandle } from './rules/candles.ts';
import { checkConservation } from './rules/cash.ts';
import { checkConversion } from './rules/conversions.ts';
import { checkEventData } from './rules/events.ts';
import { checkHoldingCost, checkTaxMethod } from './rules/holdings.ts';
import type { AssetScales } from './rules/items.ts';
import { checkAssetPrice, checkItem, checkListed, checkQuantity, checkSheetPrices } from './rules/items.ts';
import { checkOrderTrigger } from './rules/order-triggers.ts';
import { checkOrderLife, checkOrderTerms } from './rules/orders.ts';
import { checkPayment } from './rules/payments.ts';
import { checkRecurringBuy, recurringLookups } from './rules/recurring-buys.ts';
import { checkReference, referencedItem } from './rules/references.ts';
import { checkRefundTerms } from './rules/refunds.ts';
import { checkRewardRate } from './rules/staking.ts';
import { checkTargetAllocation } from './rules/target-allocations.ts';
import {
  checkSettledPosition,
  checkSettlement,
  checkTradeAmount,
  checkUnitMovement,
} from './rules/trades.ts';
import { checkBooks, checkCounterpart, checkLegs } from './rules/two-sides.ts';
import type { CurrencyBooks } from './rules/wallets.ts';
import { checkCurrencyBooks, checkCurrencyDigits } from './rules/wallets.ts';
import { confirmIndexEntry, statementsOf } from './statements.ts';
import type { Kind, Reading, Stored } from './stored-kinds.ts';
import { readItem } from './stored-kinds.ts';
import type { Findings, Violation } from './violation.ts';

/** The event loop runs between two batches, so that a server in the same process goes on. */
const ITEMS_PER_BATCH = 2_000;

/** The parts that both readings of an audit share. */
export interface Audit {
  readonly reader: StoreReader;
  readonly check: CrossCheck;
  readonly findings: Findings;
  readonly onProgress: (itemsRead: number) => void;
  readonly now: Date;
  /** The moment from which on no event may be missing. */
  readonly keptSince: IsoTime;
  /** Returns whether an item only states what it knows of others, in a reading of one account; absent to check all. */
  readonly isWitness?: (key: ItemKey) => boolean;
}

/** Counts and sums over the whole store. */
export interface Tally {
  readonly kinds: ReadonlyMap<Kind, number>;
  /** USD, the sum of all balances. */
  readonly cash: Decimal;
  /** USD paid to the house in fees. */
  readonly fees: Decimal;
  /** What each account of the other side received, in USD. */
  readonly accounts: ReadonlyMap<string, Decimal>;
  readonly houseBook: HouseBookFindings;
  /** The wallets and the other side of each currency but USD. */
  readonly currencies: ReadonlyMap<string, CurrencyBooks>;
}

/** What is wrong with the sums of the house book. */
export interface HouseBookFindings {
  readonly violations: readonly Violation[];
  /** Whether the book was the same before and after the reading. */
  readonly isOneMoment: boolean;
}

/**
 * Reads the whole store once: checks each item, each account, and the cross-check of what items state about each other.
 * If the cross-check is not balanced, `explainDifferences` reads the store a second time.
 */
export async function readEverything(audit: Audit): Promise<Tally> {
  const { check, findings, reader, keptSince } = audit;
  const gathered = nothingGathered();
  const { holds } = gathered;
  const lookups = createLookups(audit);
  const accounts = createAccountWalk({
    check,
    findings,
    holds,
    scaleOf: (assetId) => gathered.catalogue.get(assetId)?.quantity_scale,
  });
  const events = createEventWalk({ findings, lookups, keptSince });
  const airdrops = createAirdropWalk({ findings, lookups });
  const candles = createCandleWalk({ findings, lookups, now: audit.now });
  const book = createHouseBookWalk({ findings, lookups });
  const versionBefore = await bookVersion(reader);
  const pause = createPacer(audit.onProgress);

  // Assets before orders and positions in them; orders before the balances whose cash they hold.
  for (const table of ['inventory', 'orders', 'users'] as const) {
    for await (const item of reader.scan(table)) {
      const reading = readItem(item);
      if (audit.isWitness?.(item.key)) {
        state(audit, reading);
        continue;
      }
      checkOne(audit, gathered, item, reading);
      if (table === 'inventory') await candles.visit(reading);
      if (table === 'users') {
        accounts.visit(item.key, reading);
        await events.visit(item.key, reading);
        await book.visit(item.key, reading);
        await airdrops.visit(reading);
        await lookUpReference(lookups, findings, reading);
        await lookUpRecurring(lookups, reading);
      }
      await pause();
    }
  }
  await events.end();
  book.endUsers();
  await lookups.flush();
  const isOneMoment = versionBefore === (await bookVersion(reader));
  const ledger = accounts.end();
  findings.add(holds.leftOver());
  // Candles and prices are read before all assets are known, so this is checked at the end.
  for (const sheet of gathered.priceSheets) findings.add(checkSheetPrices(sheet, gathered.catalogue));
  for (const [assetId, key] of candles.firstOfAssets()) {
    findings.add(checkListed(key, assetId, gathered.catalogue));
  }
  const imbalance = checkConservation({ ...gathered, ledger });
  findings.add(imbalance.length > 0 ? imbalance : checkBooks(gathered.accounts, gathered));
  findings.add(checkCurrencyBooks(gathered.currencies));
  for (const [table, index] of everyIndex()) {
    for await (const entry of reader.scanIndex(table, index)) {
      confirmIndexEntry(check, index, entry);
      await pause();
    }
  }
  return { ...gathered, houseBook: { violations: book.checkSums(), isOneMoment } };
}

/** Returns each index of each table. */
export function everyIndex(): (readonly [TableName, IndexName])[] {
  return TABLE_NAMES.flatMap((table) => indexNames(table).map((index) => [table, index] as const));
}

/** Adds the statements of an item to the cross-check. */
function state({ check, keptSince }: Audit, reading: Reading): void {
  if (reading.outcome !== 'read') return;
  for (const { side, topic, text } of statementsOf(reading.stored, keptSince)) check[side](topic, text);
}

function checkOne(audit: Audit, gathered: Gathered, item: Item, reading: Reading): void {
  const { findings } = audit;
  findings.add(checkItem(item, reading));
  state(audit, reading);
  if (reading.outcome !== 'read') return;
  const { stored } = reading;
  gather(gathered, stored);
  findings.add(checkByKind(stored, gathered.catalogue));
  if (stored.kind === 'step of a stake') findings.add(checkRewardRate(stored, gathered.stakingRates));
}

/** Looks up the order or ledger entry that a remembered answer refers to. */
async function lookUpReference(lookups: Lookups, findings: Findings, reading: Reading): Promise<void> {
  if (reading.outcome !== 'read' || reading.stored.kind !== 'remembered answer') return;
  const reference = referencedItem(reading.stored);
  if (!reference) return;
  if ('rule' in reference) findings.add([reference]);
  else await lookups.ask({ keys: [reference.key], check: ([item]) => checkReference(reference, item) });
}

/** Looks up what a recurring buy, or its due work, refers to. */
async function lookUpRecurring(lookups: Lookups, reading: Reading): Promise<void> {
  if (reading.outcome !== 'read') return;
  for (const lookup of recurringLookups(reading.stored)) await lookups.ask(lookup);
}

/** Returns a function to call after each item, which lets the event loop run between two batches. */
function createPacer(onProgress: (itemsRead: number) => void): () => Promise<void> | undefined {
  let itemsRead = 0;
  return () => {
    itemsRead += 1;
    if (itemsRead % ITEMS_PER_BATCH !== 0) return undefined;
    onProgress(itemsRead);
    return setImmediate();
  };
}

/** Checks the rules that need no other item than the asset. */
function checkByKind(stored: Stored, catalogue: ReadonlyMap<string, AssetScales>): Violation[] {
  switch (stored.kind) {
    case 'asset':
      return checkAssetPrice(stored.key, stored.entity);
    case 'order':
      return [
        ...checkOrderLife(stored),
        ...checkOrderTerms(stored),
        ...checkOrderTrigger(stored),
        ...checkRefundTerms(stored),
        ...checkScale(stored, catalogue),
      ];
    case 'event':
      return checkEventData(stored);
    case 'candle':
      return checkCandle(stored);
    case 'holding':
      return [
        ...checkHoldingCost(stored),
        ...checkScale(stored, catalogue),
        ...checkSettledPosition(stored, catalogue.get(stored.entity.asset_id)),
      ];
    case 'asset transaction':
      return [
        ...checkTradeAmount(stored),
        ...checkUnitMovement(stored),
        ...checkCounterpart(stored),
        ...checkScale(stored, catalogue),
        ...checkSettlement(stored, catalogue.get(stored.entity.asset_id)),
      ];
    case 'ledger entry':
      return checkLegs(stored);
    case 'tax method':
      return checkTaxMethod(stored);
    case 'target allocation':
      return checkTargetAllocation(stored, catalogue);
    case 'wallet':
      return checkCurrencyDigits(stored);
    case 'wallet entry':
      return [...checkLegs(stored), ...checkCurrencyDigits(stored)];
    case 'conversion':
      return [...checkConversion(stored), ...checkCurrencyDigits(stored)];
    case 'payment':
      return checkPayment(stored);
    case 'recurring buy':
      return checkRecurringBuy(stored);
    case 'price peak':
    case 'trigger checkpoint':
      return checkListed(stored.key, stored.entity.asset_id, catalogue);
    default:
      return [];
  }
}

function checkScale(
  { key, entity }: Extract<Stored, { readonly kind: 'order' | 'holding' | 'asset transaction' }>,
  catalogue: ReadonlyMap<string, AssetScales>,
): Violation[] {
  return checkQuantity(key, entity, catalogue.get(entity.asset_id));
}
