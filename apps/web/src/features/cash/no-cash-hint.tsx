import { decimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { balanceQuery } from '../../api/account/balance.ts';
import { appInfoQuery } from '../../api/app-info.ts';
import { buttonClass } from '../../ui/button.tsx';

/** The first step of whoever has no cash to trade with. It stands in a line that is there anyway, so nothing jumps. */
export function NoCashHint() {
  const { data } = useQuery(balanceQuery());
  const { data: app } = useQuery(appInfoQuery());
  if (!data || decimal(data.current_balance).gt('0')) return null;
  if (app?.free_deposits === false) {
    return <p className="text-muted">No cash yet: ask an administrator to credit your account.</p>;
  }
  return (
    <p className="flex items-center gap-3">
      <span className="text-muted">
        No cash yet<span className="hidden sm:inline">: deposit some to place your first order.</span>
      </span>
      <Link to="/cash" className={buttonClass({ tone: 'primary' })}>
        Deposit
      </Link>
    </p>
  );
}
