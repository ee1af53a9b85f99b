import type { PaymentKind, PaymentStatus } from '@cnop/common/entities/user/payment';
import type { OwnPayment } from '../../api/account/funding.ts';
import type { BadgeTone } from '../../ui/badge.tsx';

export const PAYMENT_NAMES: Readonly<Record<PaymentKind, string>> = {
  deposit: 'Deposit',
  withdrawal: 'Withdrawal',
};

/** A status as it is shown. */
interface ShownStatus {
  readonly label: string;
  readonly tone: BadgeTone;
}

const STATUSES: Readonly<Record<PaymentStatus, ShownStatus>> = {
  pending: { label: 'Pending', tone: 'warn' },
  processing: { label: 'Processing', tone: 'accent' },
  completed: { label: 'Completed', tone: 'gain' },
  failed: { label: 'Failed', tone: 'loss' },
  cancelled: { label: 'Cancelled', tone: 'neutral' },
};

/** Returns the status of a payment as it is shown: a withdrawal that staff review waits for them. */
export function statusOf({ status, review }: Pick<OwnPayment, 'status' | 'review'>): ShownStatus {
  if (status === 'pending' && review === 'awaiting') return { label: 'In review', tone: 'warn' };
  return STATUSES[status];
}
