import { Link } from '@tanstack/react-router';
import { ScrollText } from 'lucide-react';
import type { ManagedBalance, ManagedUser } from '../../../api/admin/users.ts';
import { MISSING } from '../../../format/numbers.ts';
import { Money } from '../../../ui/amounts.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { buttonClass } from '../../../ui/button.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { Time } from '../../../ui/time.tsx';
import type { Permissions } from '../permissions.ts';
import { AdjustBalance } from './adjust-balance.tsx';
import { ChangeRole, ChangeStatus } from './change-access.tsx';
import { ChangeTier } from './change-tier.tsx';
import { FreezeTransfers } from './freeze-transfers.tsx';
import { UserRecords } from './user-records.tsx';
import { ROLE_NAMES, ROLE_TONES, TIER_NAMES, USER_STATUS_NAMES, USER_STATUS_TONES } from './user-words.ts';

export interface ManagedUserViewProps {
  readonly user: ManagedUser;
  readonly balance: ManagedBalance;
  readonly permissions: Permissions;
  /** Whether the user is the administrator, who can change neither their own access nor their own balance. */
  readonly isSelf: boolean;
}

/** One user: the account, the cash, what an administrator may change, and the records. */
export function ManagedUserView({ user, balance, permissions, isSelf }: ManagedUserViewProps) {
  const { username, role, status } = user;
  return (
    <div className="grid grid-cols-1 gap-4">
      <header className="card flex flex-wrap items-center justify-between gap-3 p-4">
        <div className="min-w-0">
          <h1 className="flex flex-wrap items-center gap-2 text-base font-semibold">
            <span className="wrap-anywhere">{username}</span>
            <Badge tone={ROLE_TONES[role]}>{ROLE_NAMES[role]}</Badge>
            <Badge tone={USER_STATUS_TONES[status]}>{USER_STATUS_NAMES[status]}</Badge>
            {balance.transfers_frozen && <Badge tone="warn">Transfers frozen</Badge>}
          </h1>
          <p className="text-muted wrap-anywhere">
            {user.first_name} {user.last_name}
            {isSelf && ' · this is you'}
          </p>
        </div>
        {permissions.readsAudit && (
          <Link to="/admin/audit" search={{ by: 'user', user: username }} className={buttonClass()}>
            <ScrollText aria-hidden="true" className="size-4" /> Audit log
          </Link>
        )}
      </header>
      <div className="grid grid-cols-1 items-start gap-4 md:grid-cols-2">
        <div className="grid grid-cols-1 gap-4">
          <AccountFacts user={user} />
          {permissions.changesUsers && !isSelf && (
            <section aria-labelledby="access-title" className="card grid gap-4 p-4">
              <h2 id="access-title" className="text-base font-medium">
                Access
              </h2>
              <ChangeRole user={user} />
              <ChangeStatus user={user} />
              <ChangeTier user={user} />
              <FreezeTransfers username={username} isFrozen={balance.transfers_frozen} />
            </section>
          )}
        </div>
        <div className="grid grid-cols-1 gap-4">
          <Cash balance={balance} />
          {permissions.changesUsers &&
            (isSelf ? (
              <p className="px-4 text-sm text-muted">Only another administrator can adjust your balance.</p>
            ) : (
              <AdjustBalance username={username} balance={balance} />
            ))}
        </div>
      </div>
      <UserRecords username={username} />
    </div>
  );
}

function AccountFacts({ user }: { readonly user: ManagedUser }) {
  return (
    <section aria-labelledby="account-title" className="card grid gap-3 p-4">
      <h2 id="account-title" className="text-base font-medium">
        Account
      </h2>
      <dl className="grid gap-2">
        <Fact label="Tier">{TIER_NAMES[user.tier]}</Fact>
        <Fact label="E-mail">{user.email}</Fact>
        <Fact label="Phone">{user.phone ?? MISSING}</Fact>
        <Fact label="Born">{user.date_of_birth ?? MISSING}</Fact>
        <Fact label="Marketing e-mails">{user.marketing_emails_consent ? 'Agreed' : 'Not agreed'}</Fact>
        <Fact label="Joined">
          <Time value={user.created_at} isExact />
        </Fact>
        <Fact label="Last sign-in">
          <Time value={user.last_login} isExact />
        </Fact>
        <Fact label="Last changed">
          <Time value={user.updated_at} isExact />
        </Fact>
      </dl>
    </section>
  );
}

function Cash({ balance }: { readonly balance: ManagedBalance }) {
  return (
    <section aria-labelledby="cash-title" className="card grid gap-3 p-4">
      <h2 id="cash-title" className="text-base font-medium">
        Cash
      </h2>
      <dl className="grid gap-2">
        <Fact label="Balance">
          <Money value={balance.current_balance} className="text-base font-semibold" />
        </Fact>
        <Fact label="Held by orders and withdrawals">
          <Money value={balance.held_balance} />
        </Fact>
        <Fact label="Available">
          <Money value={balance.available_balance} />
        </Fact>
      </dl>
    </section>
  );
}
