import type { Decimal } from '@cnop/common/core/money';
import { ZERO } from '@cnop/common/core/money';
import { assetBalanceRecord } from '@cnop/common/dao/asset/asset-balance-dao';
import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import type { Order } from '@cnop/common/entities/order/order';
import { isBuy, isOpen } from './rules/order-sides.ts';
import type { Violation } from './violation.ts';
import { violation } from './violation.ts';

type HoldingName = Pick<Order, 'username' | 'asset_id'>;

/** What open orders hold, by who pays: one line for each user who has some, and each position that is for sale. */
export interface Holds {
  add(order: Order): void;
  /** USD that a user's orders hold; asked once. */
  takeCash(username: string): Decimal;
  /** Units that a user's orders hold of an asset; asked once. */
  takeUnits(holding: HoldingName): Decimal;
  /** How many orders of a user are open; asked once. */
  takeOpenOrders(username: string): number;
  /** What is left when all balances and holdings were read. */
  leftOver(): Violation[];
}

export function createHolds(): Holds {
  const cash = new Map<string, Decimal>();
  const units = new Map<string, HoldingName & { readonly sum: Decimal }>();
  const open = new Map<string, number>();
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
          violation('balance-held', [balanceRecord.key({ username })], 'Open orders hold of no balance.'),
        ),
        ...ofHoldings.map((holding) =>
          violation('holding-held', [assetBalanceRecord.key(holding)], 'Open orders hold of no holding.'),
        ),
      ];
    },
  };
}
