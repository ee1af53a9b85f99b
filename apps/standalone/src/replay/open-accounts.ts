import { systemIds } from '@cnop/common/core/ids';
import { decimal } from '@cnop/common/core/money';
import { balanceRecord, balanceTransactionRecord } from '@cnop/common/dao/user/balance-dao';
import { liveEventRecord } from '@cnop/common/dao/user/live-event-dao';
import { createUserDao } from '@cnop/common/dao/user/user-dao';
import type { TableStore } from '@cnop/common/database/table-store';
import { emptyBalance, postToLedger } from '@cnop/common/entities/user/balance-rules';
import { nextEvent } from '@cnop/common/entities/user/live-event-rules';
import { userSchema } from '@cnop/common/entities/user/user';

/** More than all orders of a replay can cost. */
const CASH_USD = '1000000000';
/** Of somebody who never signs in. */
const NO_PASSWORD_HASH = `$2b$04$${'.'.repeat(53)}`;

/** Makes traders with cash, in books that `cnop verify` accepts. */
export async function openAccounts(store: TableStore, traders: readonly string[], now: Date): Promise<void> {
  const users = createUserDao(store);
  const at = now.toISOString();
  for (const username of traders) {
    const posted = postToLedger(emptyBalance(username, at), {
      type: 'deposit',
      direction: 'credit',
      amount: decimal(CASH_USD),
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
