import type { Username } from '@cnop/common/core/brands';
import { knownUsername } from '@cnop/common/core/brands';
import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/position-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import type { CrossCheck } from './cross-check.ts';
import type { Ledger, Movement } from './rules/cash.ts';
import {
  checkAccountParts,
  checkAgainstLedger,
  checkHeld,
  checkOpenOrders,
  checkTradingBlock,
  EMPTY_LEDGER,
  followLedger,
} from './rules/cash.ts';
import type { TradeSums } from './rules/holdings.ts';
import { checkHeldUnits, NO_TRADES, tradesText, withTrade } from './rules/holdings.ts';
import { isBuy, isOpen } from './rules/order-basics.ts';
import { paymentHold } from './rules/payments.ts';
import type { StakeState } from './rules/staking.ts';
import { followStake, historyText, NO_STAKE, stakedUnits } from './rules/staking.ts';
import { createSentTransfers } from './rules/transfers.ts';
import type { WalletParts } from './rules/wallets.ts';
import { checkWallet } from './rules/wallets.ts';
import { holdingTopic, stakeTopic } from './statements.ts';
import type { Kind, Reading, StoredOf } from './stored-kinds.ts';
import type { Findings, Violation } from './violation.ts';
import { violation } from './violation.ts';

/** Kinds that belong to an account. Failed sign-ins are counted for unknown usernames as well, so they are not here. */
const BELONGING: ReadonlySet<Kind> = new Set([
  'user',
  'balance',
  'book checkpoint',
  'ledger entry',
  'wallet',
  'wallet entry',
  'conversion',
  'holding',
  'remembered answer',
  'client order claim',
  'payment',
  'recurring buy',
  'stake',
  'session',
  'tax method',
]);

/** The state of the partition that is being read. */
interface Partition {
  readonly pk: string;
  hasUser: boolean;
  user: StoredOf<'user'> | undefined;
  balance: StoredOf<'balance'> | undefined;
  hasBalance: boolean;
  belonging: ItemKey | undefined;
  ledger: Ledger;
  /** By currency. */
  readonly wallets: Map<string, WalletParts>;
  /** USD that withdrawals under way hold. */
  paymentHolds: Decimal;
  /** In a partition of trades: the topic of the position, and the sums of its trades so far. */
  trades: { readonly topic: string; sums: TradeSums } | undefined;
  readonly holdings: StoredOf<'holding'>[];
  /** The stakes of the account by asset. */
  readonly stakes: Map<string, StoredOf<'stake'>>;
  /** In a partition of the history of a stake: the topic of the stake, and its state so far. */
  stake: { readonly topic: string; state: StakeState } | undefined;
}

export interface AccountWalkDeps {
  readonly check: CrossCheck;
  readonly findings: Findings;
  /** The holds of open orders. The walk takes out those whose balance or position it meets. */
  readonly holds: Holds;
  /** Returns the fraction digits of the quantities of an asset; undefined for an unknown one. */
  readonly scaleOf: (assetId: string) => number | undefined;
}

/** Checks all accounts while the users table is read. */
export interface AccountWalk {
  /** Takes the next item of the table. */
  visit(key: ItemKey, reading: Reading): void;
  /** Finishes the last partition. Returns the sums of all ledgers by movement, in USD. */
  end(): Partial<Record<Movement, Decimal>>;
}

/**
 * Follows the users table item by item and checks each account when its partition ends. A scan returns one partition
 * after the other, each in the order of sort keys, so a ledger of any length is checked with its last entry in memory.
 */
export function createAccountWalk({ check, findings, holds, scaleOf }: AccountWalkDeps): AccountWalk {
  const sums: Partial<Record<Movement, Decimal>> = {};
  const sent = createSentTransfers();
  let partition: Partition | undefined;

  function finish(partition: Partition): void {
    const { pk, hasUser, hasBalance, belonging, user, balance, ledger, trades } = partition;
    const username = knownUsername(pk);
    findings.add(checkAccountParts({ username, hasUser, hasBalance, belonging }));
    if (balance) {
      findings.add(checkAgainstLedger(balance.key, balance.entity, ledger));
      sent.addBalance(balance.key, balance.entity, ledger.sent);
      const held = holds.takeCash(username).plus(partition.paymentHolds);
      findings.add(checkHeld(balance.key, balance.entity, held));
      findings.add(checkOpenOrders(balance.key, balance.entity, holds.takeOpenOrders(username)));
      if (user) findings.add(checkTradingBlock(user.entity, balance));
    }
    for (const wallet of partition.wallets.values()) findings.add(checkWallet(wallet));
    for (const [movement, sum] of Object.entries(ledger.sums) as [Movement, Decimal][]) {
      sums[movement] = sum.plus(sums[movement] ?? ZERO);
    }
    if (trades) check.confirm(trades.topic, tradesText(trades.sums));
    if (partition.stake) check.confirm(partition.stake.topic, historyText(partition.stake.state));
    findings.add(checkHoldings(partition, holds));
  }

  return {
    visit(key, reading) {
      if (partition?.pk !== key.pk) {
        if (partition) finish(partition);
        partition = emptyPartition(key.pk);
      }
      findings.add(addItem(partition, key, reading));
      if (reading.outcome !== 'read') return;
      const { stored } = reading;
      if (stored.kind === 'asset transaction') sent.addUnits(stored.entity);
      if (stored.kind === 'holding') partition.holdings.push(stored);
      if (stored.kind === 'stake') partition.stakes.set(stored.entity.asset_id, stored);
      if (stored.kind === 'step of a stake') findings.add(followHistory(partition, stored, scaleOf));
    },
    end() {
      if (partition) finish(partition);
      partition = undefined;
      findings.add(sent.end());
      return sums;
    },
  };
}

/** Compares the held units of each position with open orders and its stake. */
function checkHoldings({ holdings, stakes }: Partition, holds: Holds): Violation[] {
  const held = holdings.flatMap((holding) => {
    const stake = stakes.get(holding.entity.asset_id)?.entity;
    stakes.delete(holding.entity.asset_id);
    return checkHeldUnits(holding, holds.takeUnits(holding.entity).plus(stakedUnits(stake)));
  });
  const alone = [...stakes.values()].map(({ key }) =>
    violation('holding-held', [key], 'It has no position.'),
  );
  return [...held, ...alone];
}

function followHistory(
  partition: Partition,
  stored: StoredOf<'step of a stake'>,
  scaleOf: AccountWalkDeps['scaleOf'],
): Violation[] {
  const { username, asset_id } = stored.entity;
  partition.stake ??= { topic: stakeTopic(username, asset_id), state: NO_STAKE };
  const followed = followStake(partition.stake.state, stored, scaleOf(asset_id));
  partition.stake.state = followed.state;
  return followed.violations;
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
    wallets: new Map(),
    paymentHolds: ZERO,
    trades: undefined,
    holdings: [],
    stakes: new Map(),
    stake: undefined,
  };
}

function addItem(partition: Partition, key: ItemKey, reading: Reading): Violation[] {
  if (reading.outcome === 'unknown kind') return [];
  const kind = reading.outcome === 'read' ? reading.stored.kind : reading.kind;
  if (BELONGING.has(kind)) partition.belonging ??= key;
  // An item that cannot be read is not missing.
  if (kind === 'user') partition.hasUser = true;
  if (kind === 'balance') partition.hasBalance = true;
  if (reading.outcome !== 'read') return [];

  const { stored } = reading;
  if (stored.kind === 'user') partition.user = stored;
  if (stored.kind === 'balance') partition.balance = stored;
  if (stored.kind === 'payment')
    partition.paymentHolds = partition.paymentHolds.plus(paymentHold(stored.entity));
  if (stored.kind === 'asset transaction') {
    const { username, asset_id } = stored.entity;
    partition.trades ??= { topic: holdingTopic(username, asset_id), sums: NO_TRADES };
    partition.trades.sums = withTrade(partition.trades.sums, stored.entity);
  }
  if (stored.kind === 'wallet') addWallet(partition, stored);
  if (stored.kind === 'wallet entry') return addWalletEntry(partition, stored);
  if (stored.kind !== 'ledger entry') return [];
  const followed = followLedger(partition.ledger, key, stored.entity);
  partition.ledger = followed.ledger;
  return followed.violations;
}

const NO_WALLET: WalletParts = { wallet: undefined, ledger: EMPTY_LEDGER, lastKey: undefined };

function addWallet({ wallets }: Partition, wallet: StoredOf<'wallet'>): void {
  const { currency } = wallet.entity;
  wallets.set(currency, { ...(wallets.get(currency) ?? NO_WALLET), wallet });
}

function addWalletEntry({ wallets }: Partition, { key, entity }: StoredOf<'wallet entry'>): Violation[] {
  const before = wallets.get(entity.currency) ?? NO_WALLET;
  const { ledger, violations } = followLedger(before.ledger, key, entity);
  wallets.set(entity.currency, { ...before, ledger, lastKey: key });
  return violations;
}

type HoldingName = Pick<OrderDocument, 'username' | 'asset_id'>;

/** The holds of open orders: cash by user, units by position. */
export interface Holds {
  /** Adds the hold of an order if it is open. */
  add(order: OrderDocument): void;
  /** Returns the USD that the open orders of a user hold, and forgets them. */
  takeCash(username: Username): Decimal;
  /** Returns the units of a position that open orders hold, and forgets them. */
  takeUnits(holding: HoldingName): Decimal;
  /** Returns the number of open orders of a user, and forgets it. */
  takeOpenOrders(username: Username): number;
  /** Returns a violation for each hold whose balance or position was not met. */
  leftOver(): Violation[];
}

/** Creates an empty sum of holds. */
export function createHolds(): Holds {
  const cash = new Map<Username, Decimal>();
  const units = new Map<string, HoldingName & { readonly sum: Decimal }>();
  const open = new Map<Username, number>();
  const nameOf = ({ username, asset_id }: HoldingName): string => `${username} ${asset_id}`;

  return {
    add(order) {
      const { username, asset_id, order_type, status, held_amount } = order;
      if (!isOpen(status)) return;
      open.set(username, (open.get(username) ?? 0) + 1);
      if (isBuy(order_type)) {
        cash.set(username, (cash.get(username) ?? ZERO).plus(held_amount));
        return;
      }
      const sum = (units.get(nameOf(order))?.sum ?? ZERO).plus(held_amount);
      units.set(nameOf(order), { username, asset_id, sum });
    },
    takeCash(username) {
      const sum = cash.get(username) ?? ZERO;
      cash.delete(username);
      return sum;
    },
    takeUnits(holding) {
      const sum = units.get(nameOf(holding))?.sum ?? ZERO;
      units.delete(nameOf(holding));
      return sum;
    },
    takeOpenOrders(username) {
      const count = open.get(username) ?? 0;
      open.delete(username);
      return count;
    },
    leftOver() {
      const ofBalances = [...cash].filter(([, sum]) => sum.gt('0'));
      const ofHoldings = [...units.values()].filter(({ sum }) => sum.gt('0'));
      return [
        ...ofBalances.map(([username]) =>
          violation(
            'balance-held',
            [balanceRecord.key({ username })],
            'Open orders hold cash, but there is no balance.',
          ),
        ),
        ...ofHoldings.map((holding) =>
          violation(
            'holding-held',
            [assetBalanceRecord.key(holding)],
            'Open orders hold units, but there is no position.',
          ),
        ),
      ];
    },
  };
}
