import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { CrossCheck } from './cross-check.ts';
import type { Findings } from './findings.ts';
import type { Holds } from './holds.ts';
import { checkAccountParts, checkTradingBlock } from './rules/account.ts';
import { checkAgainstLedger, checkHeld, checkOpenOrders } from './rules/balance.ts';
import type { TradeSums } from './rules/holding.ts';
import { checkHeldUnits, NO_TRADES, tradesText, withTrade } from './rules/holding.ts';
import type { Ledger, Movement } from './rules/ledger.ts';
import { EMPTY_LEDGER, followLedger } from './rules/ledger.ts';
import { holdingTopic } from './statements.ts';
import type { Kind, Reading, StoredOf } from './stored-kinds.ts';

/** Kinds that belong to an account. Wrong passwords are counted for names that nobody has, too. */
const BELONGING: ReadonlySet<Kind> = new Set([
  'user',
  'balance',
  'ledger entry',
  'holding',
  'remembered answer',
  'client order claim',
  'session',
]);

/** What is known of the partition that is being read, and no more than that. */
interface Partition {
  readonly pk: string;
  hasUser: boolean;
  user: StoredOf<'user'> | undefined;
  balance: StoredOf<'balance'> | undefined;
  hasBalance: boolean;
  belonging: ItemKey | undefined;
  ledger: Ledger;
  /** Of a partition of trades: the topic and what they come to. */
  trades: { readonly topic: string; sums: TradeSums } | undefined;
}

export interface AccountWalkDeps {
  readonly check: CrossCheck;
  readonly findings: Findings;
  /** What open orders hold; those met here are taken out. */
  readonly holds: Holds;
}

export interface AccountWalk {
  visit(key: ItemKey, reading: Reading): void;
  /** Ends the last partition and says what all ledgers came to. */
  end(): Partial<Record<Movement, Decimal>>;
}

/**
 * Follows the users table, item by item, and settles each account when its partition ends. Partitions come one
 * after the other and sort keys in their order, so a ledger of any length is checked with its last entry in memory.
 */
export function createAccountWalk({ check, findings, holds }: AccountWalkDeps): AccountWalk {
  const sums: Partial<Record<Movement, Decimal>> = {};
  let partition: Partition | undefined;

  function leave(partition: Partition): void {
    const { pk, hasUser, hasBalance, belonging, user, balance, ledger, trades } = partition;
    findings.add(checkAccountParts({ username: pk, hasUser, hasBalance, belonging }));
    if (balance) {
      findings.add(checkAgainstLedger(balance.key, balance.entity, ledger));
      findings.add(checkHeld(balance.key, balance.entity, holds.takeCash(pk)));
      findings.add(checkOpenOrders(balance.key, balance.entity, holds.takeOpenOrders(pk)));
      if (user) findings.add(checkTradingBlock(user.entity, balance));
    }
    for (const [movement, sum] of Object.entries(ledger.sums) as [Movement, Decimal][]) {
      sums[movement] = sum.plus(sums[movement] ?? ZERO);
    }
    if (trades) check.confirm(trades.topic, tradesText(trades.sums));
  }

  return {
    visit(key, reading) {
      if (partition?.pk !== key.pk) {
        if (partition) leave(partition);
        partition = emptyPartition(key.pk);
      }
      findings.add(enter(partition, key, reading));
      if (reading.outcome === 'read' && reading.stored.kind === 'holding') {
        findings.add(checkHeldUnits(reading.stored, holds.takeUnits(reading.stored.entity)));
      }
    },
    end() {
      if (partition) leave(partition);
      partition = undefined;
      return sums;
    },
  };
}

function emptyPartition(pk: string): Partition {
  return {
    pk,
    hasUser: false,
    user: undefined,
    balance: undefined,
    hasBalance: false,
    belonging: undefined,
    ledger: EMPTY_LEDGER,
    trades: undefined,
  };
}

function enter(partition: Partition, key: ItemKey, reading: Reading) {
  if (reading.outcome === 'unknown kind') return [];
  const kind = reading.outcome === 'read' ? reading.stored.kind : reading.kind;
  if (BELONGING.has(kind)) partition.belonging ??= key;
  // What is there and cannot be read is not missing.
  if (kind === 'user') partition.hasUser = true;
  if (kind === 'balance') partition.hasBalance = true;
  if (reading.outcome !== 'read') return [];

  const { stored } = reading;
  if (stored.kind === 'user') partition.user = stored;
  if (stored.kind === 'balance') partition.balance = stored;
  if (stored.kind === 'asset transaction') {
    const { username, asset_id } = stored.entity;
    partition.trades ??= { topic: holdingTopic(username, asset_id), sums: NO_TRADES };
    partition.trades.sums = withTrade(partition.trades.sums, stored.entity);
  }
  if (stored.kind !== 'ledger entry') return [];
  const followed = followLedger(partition.ledger, key, stored.entity);
  partition.ledger = followed.ledger;
  return followed.violations;
}
