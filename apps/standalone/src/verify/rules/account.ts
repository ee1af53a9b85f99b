import { balanceRecord } from '@cnop/common/dao/user/balance-dao';
import { userRecord } from '@cnop/common/dao/user/user-dao';
import type { ItemKey } from '@cnop/common/database/table-store';
import type { User } from '@cnop/common/entities/user/user';
import type { StoredOf } from '../stored-kinds.ts';
import type { Violation } from '../violation.ts';
import { violation } from '../violation.ts';

/** What was found in the partition of one account. */
export interface AccountParts {
  readonly username: string;
  readonly hasUser: boolean;
  readonly hasBalance: boolean;
  /** Something that must belong to an account, such as a holding or a session. */
  readonly belonging: ItemKey | undefined;
}

/** A user and a balance come together, and what belongs to an account has one. */
export function checkAccountParts({ username, hasUser, hasBalance, belonging }: AccountParts): Violation[] {
  if (!belonging) return [];
  return [
    ...(hasUser ? [] : [missing(userRecord.key({ username }), `There is no user for ${belonging.sk}.`)]),
    ...(hasBalance
      ? []
      : [missing(balanceRecord.key({ username }), `There is no balance for ${belonging.sk}.`)]),
  ];
}

/** An account that is not active is blocked from trading, unless its store was not upgraded yet. */
export function checkTradingBlock(
  { status }: User,
  { key, entity, attributes }: StoredOf<'balance'>,
): Violation[] {
  if (!('trading_block' in attributes)) return [];
  const due = status === 'active' ? null : status;
  if (entity.trading_block === due) return [];
  const text = `The user is ${status}, but the block of trading is ${entity.trading_block ?? 'missing'}.`;
  return [violation('account-block', [key], text)];
}

function missing(key: ItemKey, text: string): Violation {
  return violation('account-parts', [key], text);
}
