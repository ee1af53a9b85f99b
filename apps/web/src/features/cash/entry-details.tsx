import type { TransactionId } from '@cnop/common/core/brands';
import type { WalletCurrency } from '@cnop/common/entities/currency';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { LedgerEntry } from '../../api/account/cash.ts';
import { ledgerEntryQuery } from '../../api/account/cash.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Fact } from '../../ui/figures.tsx';
import {
  entryName,
  otherUser,
  partsOf,
  signedAmount,
  TRANSACTION_STATUS_NAMES,
} from '../../ui/ledger-names.ts';
import { ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Time } from '../../ui/time.tsx';

const SKELETON_ROWS = 6;

interface EntryDetailsProps {
  readonly id: TransactionId;
  /** The wallet; USD if `undefined`. */
  readonly currency: WalletCurrency | undefined;
}

/** One ledger entry: what it changed, and where the cash came from or went. */
export function EntryDetails({ id, currency }: EntryDetailsProps) {
  const { data: entry, error, refetch } = useQuery(ledgerEntryQuery(id, currency));
  if (!entry) {
    return error ? (
      <ErrorState title="The entry could not be loaded" error={error} onRetry={() => void refetch()} />
    ) : (
      <SkeletonRows label="Loading the entry" rows={SKELETON_ROWS} />
    );
  }
  return (
    <div className="grid grid-cols-1 gap-5">
      <Facts entry={entry} />
      <Parts entry={entry} />
      <NextStep entry={entry} />
    </div>
  );
}

function Facts({ entry }: { readonly entry: LedgerEntry }) {
  const { currency, status, description, previous_balance, new_balance } = entry;
  const { hideAmounts } = useAppearance();
  return (
    <dl className="grid gap-2">
      <Fact label="Activity">{entryName(entry)}</Fact>
      <Fact label="Status">
        <Badge tone={status === 'completed' ? 'gain' : 'warn'}>{TRANSACTION_STATUS_NAMES[status]}</Badge>
      </Fact>
      <Fact label="Amount">
        <Money value={signedAmount(entry)} currency={entry.currency} isChange className="font-medium" />
      </Fact>
      <Fact label="Balance before">
        <Money value={previous_balance} currency={currency} />
      </Fact>
      <Fact label="Balance after">
        <Money value={new_balance} currency={currency} />
      </Fact>
      {/* Hidden with amounts, since descriptions contain quantities and free text. */}
      {description !== null && !hideAmounts && <Fact label="Note">{description}</Fact>}
      <Fact label="Time">
        <Time value={entry.created_at} isExact />
      </Fact>
      <Fact label="Id">
        <code className="text-xs wrap-anywhere">{entry.transaction_id}</code>
      </Fact>
    </dl>
  );
}

/** The parts of the movement, which add up to its amount. */
function Parts({ entry }: { readonly entry: LedgerEntry }) {
  return (
    <section aria-labelledby="parts-title" className="grid gap-2 border-t border-line pt-4">
      <h3 id="parts-title" className="font-medium">
        {entry.direction === 'debit' ? 'Where it went' : 'Where it came from'}
      </h3>
      <dl className="grid gap-1.5">
        {partsOf(entry).map(({ name, amount }) => (
          <Fact key={name} label={name}>
            <Money value={amount} currency={entry.currency} isChange isExact />
          </Fact>
        ))}
      </dl>
      <dl className="border-t border-line pt-2 font-medium">
        <Fact label="Change of your cash">
          <Money value={signedAmount(entry)} currency={entry.currency} isChange />
        </Fact>
      </dl>
    </section>
  );
}

/** The way on: to the order that caused the entry, or to a transfer to the other user. */
function NextStep({ entry }: { readonly entry: LedgerEntry }) {
  const { transaction_type, reference_id } = entry;
  const other = otherUser(entry);
  if (other !== undefined) {
    return (
      <Link to="/cash/transfer" search={{ to: other }} className={buttonClass()}>
        Transfer to {other}
      </Link>
    );
  }
  const isOfOrder = transaction_type === 'order_payment' || transaction_type === 'order_refund';
  if (!isOfOrder || reference_id === null) return null;
  return (
    <Link to="/orders" search={{ tab: 'history', order: reference_id }} className={buttonClass()}>
      Show the order
    </Link>
  );
}
