import { systemIds } from '@cnop/common/core/ids';
import { decimal } from '@cnop/common/core/money';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance, postToLedger } from '@cnop/common/entities/user/balance-rules';
import { nextEvent } from '@cnop/common/entities/user/live-event';
import { userSchema } from '@cnop/common/entities/user/user';

/** Matches no password: traders never sign in. */
const NO_PASSWORD_HASH = `$2b$04$${'.'.repeat(53)}`;

/** Makes traders with cash in USD, in a store that `cnop verify` accepts. */
export async function openAccounts(
  store: TableStore,
  traders: readonly string[],
  { cash, now }: { readonly cash: string; readonly now: Date },
): Promise<void> {
  const users = createUserDao(store);
  const at = now.toISOString();
  for (const username of traders) {
    const posted = postToLedger(emptyBalance(username, at), {
      type: 'deposit',
      direction: 'credit',
      amount: decimal(cash),
      description: null,
      referenceId: null,
      at,
      id: systemIds.next(),
    });
    const { balance, event } = nextEvent(posted.balance, {
      type: 'balance.changed',
      id: systemIds.next(),
      at,
    });
    const user = userSchema.parse({
      username,
      email: `${username}@example.com`,
      password_hash: NO_PASSWORD_HASH,
      first_name: 'Replay',
      last_name: 'Trader',
      created_at: at,
      updated_at: at,
    });
    await users.createUser(user, [
      balanceRecord.create(balance),
      balanceTransactionRecord.create(posted.transaction),
      liveEventRecord.create(event),
    ]);
  }
}
