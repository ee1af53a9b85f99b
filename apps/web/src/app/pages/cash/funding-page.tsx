import { FundingLimits } from '../../../features/funding/funding-limits.tsx';
import { Payments } from '../../../features/funding/payments.tsx';
import { PageTitle } from '../../page-title.tsx';

export function FundingPage() {
  return (
    <div className="grid grid-cols-1 gap-3">
      <PageTitle>Payments</PageTitle>
      <p className="text-muted">
        Deposits and withdrawals that take a while. Cash moves when a payment is completed.
      </p>
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[2fr_1fr]">
        <Payments />
        <FundingLimits />
      </div>
    </div>
  );
}
