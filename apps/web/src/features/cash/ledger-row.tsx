import { Link } from '@tanstack/react-router';
import type { LedgerLine } from '../../api/account/ledger.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { Cell, Row, RowHead } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { nameOfLine, signedAmount, TRANSACTION_STATUS_NAMES } from './ledger-words.ts';

/** One line of the ledger. */
export function LedgerRow({ line }: { readonly line: LedgerLine }) {
  const { transaction_type, status, description, reference_id, new_balance, created_at } = line;
  const { hideAmounts } = useAppearance();
  const name = nameOfLine(line);
  return (
    <Row>
      <RowHead>
        <span className="grid py-1.5">
          <span className="flex min-h-6 flex-wrap items-center gap-x-2">
            {transaction_type === 'order_payment' && reference_id !== null ? (
              <Link
                to="/orders"
                search={{ tab: 'history', order: reference_id }}
                className="inline-flex min-h-6 items-center font-medium hover:underline"
              >
                {name}
              </Link>
            ) : (
              <span className="font-medium">{name}</span>
            )}
            {status !== 'completed' && <Badge tone="warn">{TRANSACTION_STATUS_NAMES[status]}</Badge>}
          </span>
          {/* It names quantities, and what somebody wrote may name anything. */}
          {description !== null && !hideAmounts && (
            <span className="text-xs wrap-anywhere text-muted">{description}</span>
          )}
          <span className="text-xs text-faint sm:hidden">
            <Time value={created_at} />
          </span>
        </span>
      </RowHead>
      <Cell className="hidden text-muted sm:table-cell">
        <Time value={created_at} />
      </Cell>
      <Cell isNumeric className="max-sm:pe-4">
        <Money value={signedAmount(line)} isChange />
        <Money value={new_balance} className="block text-xs text-muted sm:hidden" />
      </Cell>
      <Cell isNumeric className="hidden sm:table-cell">
        <Money value={new_balance} />
      </Cell>
    </Row>
  );
}
