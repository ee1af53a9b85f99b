import { sideOf } from '@cnop/common/entities/order/order';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { Link } from '@tanstack/react-router';
import { clsx } from 'clsx';
import { Check, X } from 'lucide-react';
import type { PendingOrder } from '../../api/orders/pending-orders.ts';
import { formatPercent } from '../../format/numbers.ts';
import { useLivePrice } from '../../live/price-store.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Badge } from '../../ui/badge.tsx';
import { IconButton, Spinner } from '../../ui/button.tsx';
import { ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import { Cell, Row, RowHead } from '../../ui/table.tsx';
import { Time } from '../../ui/time.tsx';
import { conditionOf, distanceOf } from './order-condition.ts';
import type { CancelStage } from './use-cancel-orders.ts';

export interface OpenOrderRowProps {
  readonly order: OrderDocument;
  readonly hasAsset: boolean;
  /** `undefined` for an open order that is not being cancelled. */
  readonly stage: CancelStage | undefined;
  /** Whether rows moved a moment ago. */
  readonly isSettling: boolean;
  readonly onCancel: () => void;
}

export function OpenOrderRow({ order, hasAsset, stage, isSettling, onCancel }: OpenOrderRowProps) {
  const { order_id, asset_id, order_type, quantity, held_amount, created_at, expires_at } = order;
  const isBuy = sideOf(order_type) === 'buy';
  const { hideAmounts } = useAppearance();
  const name = `${ORDER_TYPE_NAMES[order_type]} ${hideAmounts ? '' : `${quantity} `}${asset_id}`;
  const isCancelled = stage === 'cancelled';
  return (
    <Row data-row={order_id} className={clsx(isCancelled && 'text-muted')}>
      {hasAsset && (
        <Cell className="hidden sm:table-cell">
          <Link
            to="/assets/$assetId"
            params={{ assetId: asset_id }}
            className="inline-flex min-h-6 items-center font-medium hover:underline"
          >
            {asset_id}
          </Link>
        </Cell>
      )}
      <RowHead>
        <Link
          to="/orders"
          search={{ order: order_id }}
          className="inline-flex min-h-6 items-center rounded hover:underline"
        >
          <Badge tone={isBuy ? 'gain' : 'loss'}>{ORDER_TYPE_NAMES[order_type]}</Badge>
        </Link>
        {hasAsset && <span className="block ps-1.5 text-xs text-muted sm:hidden">{asset_id}</span>}
      </RowHead>
      <Cell isNumeric>
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric>
        {isCancelled ? (
          'Cancelled'
        ) : (
          <>
            {conditionOf(order)}
            <Distance order={order} />
          </>
        )}
      </Cell>
      <Cell isNumeric className="hidden md:table-cell">
        {isCancelled ? null : isBuy ? (
          <Money value={held_amount} />
        ) : (
          <Quantity value={held_amount} unit={asset_id} />
        )}
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={created_at} />
      </Cell>
      <Cell isNumeric className="hidden text-muted lg:table-cell">
        <Time value={expires_at} />
      </Cell>
      <Cell className="w-10 text-end">
        <CancelButton name={name} stage={stage} isSettling={isSettling} onCancel={onCancel} />
      </Cell>
    </Row>
  );
}

interface CancelButtonProps extends Pick<OpenOrderRowProps, 'stage' | 'isSettling' | 'onCancel'> {
  /** The order in words. */
  readonly name: string;
}

/** One button in all stages, so that it keeps the focus. */
function CancelButton({ name, stage, isSettling, onCancel }: CancelButtonProps) {
  const isCancelled = stage === 'cancelled';
  return (
    <IconButton
      label={isCancelled ? `${name} is cancelled` : `Cancel order ${name}`}
      isInert={stage !== undefined || isSettling}
      aria-busy={stage === 'cancelling' || undefined}
      onClick={onCancel}
    >
      {stage === 'cancelling' ? (
        <Spinner />
      ) : isCancelled ? (
        <Check aria-hidden="true" className="size-4" />
      ) : (
        <X aria-hidden="true" className="size-4" />
      )}
    </IconButton>
  );
}

/** How far the price is from the trigger, as it moves. A component of its own, so that ticks render nothing else. */
function Distance({ order }: Pick<OpenOrderRowProps, 'order'>) {
  const quote = useLivePrice(order.asset_id);
  const distance = quote && distanceOf(order, quote);
  if (distance === undefined) return null;
  return <span className="block text-xs text-faint">{formatPercent(distance)} away</span>;
}

/** An order that was sent and not answered yet. */
export function PendingOrderRow({
  order,
  hasAsset,
}: {
  readonly order: PendingOrder;
  readonly hasAsset: boolean;
}) {
  const { assetId, orderType, quantity, price } = order;
  return (
    <Row className="text-muted">
      {hasAsset && <Cell className="hidden sm:table-cell">{assetId}</Cell>}
      <RowHead>
        <Badge>{ORDER_TYPE_NAMES[orderType]}</Badge>
      </RowHead>
      <Cell isNumeric>
        <Quantity value={quantity} />
      </Cell>
      <Cell isNumeric>{price ?? 'Market'}</Cell>
      <Cell className="hidden md:table-cell" />
      <Cell className="hidden lg:table-cell" />
      <Cell className="hidden lg:table-cell" />
      <Cell className="w-24 text-end">
        <span className="inline-flex items-center gap-1.5 text-xs">
          <Spinner /> Pending
        </span>
      </Cell>
    </Row>
  );
}
