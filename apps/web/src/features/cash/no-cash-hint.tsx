import { decimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { balanceQuery } from '../../api/account/cash.ts';
import { useFreeDeposits } from '../../api/app-info.ts';
import { buttonClass } from '../../ui/button.tsx';

/** Leads a user without cash to the first deposit. Part of an existing line, so that the layout does not shift. */
export function NoCashHint() {
  const { data } = useQuery(balanceQuery());
  const canDeposit = useFreeDeposits();
  if (!data || decimal(data.current_balance).gt('0')) return null;
  if (!canDeposit) {
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
