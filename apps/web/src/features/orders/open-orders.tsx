import type { AssetId } from '@cnop/common/core/brands';
import type { OrderDocument } from '@cnop/common/entities/order/order-document';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useState } from 'react';
import { openOrdersQuery } from '../../api/orders/orders.ts';
import { usePendingOrders } from '../../api/orders/pending-orders.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Button } from '../../ui/button.tsx';
import { ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import { EmptyState, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { Column, Table } from '../../ui/table.tsx';
import { useSettlingRows } from '../../ui/use-settling-rows.ts';
import { OpenOrderRow, PendingOrderRow } from './open-order-row.tsx';
import { rowsWithKept, useCancelOrders } from './use-cancel-orders.ts';

interface OpenOrdersProps {
  readonly title: string;
  /** Shows only the orders of one asset. */
  readonly assetId?: AssetId;
  readonly type?: OrderDocument['order_type'] | undefined;
  /** Shown when there are no orders. */
  readonly emptyAction?: ReactNode;
  readonly emptyText: string;
}

/** Open orders, below those that were sent and not answered yet. */
export function OpenOrders({ title, assetId, type, emptyAction, emptyText }: OpenOrdersProps) {
  const { data, error, refetch } = useQuery(openOrdersQuery(assetId));
  const { kept, isCancelling, cancel } = useCancelOrders();
  const [asked, setAsked] = useState<OrderDocument>();
  const known = new Set(data?.map(({ client_order_id }) => client_order_id));
  // The stream may report an order before its answer arrives.
  const pending = usePendingOrders().filter(
    (order) => (assetId === undefined || order.assetId === assetId) && !known.has(order.key),
  );
  const isShown = ({ order_type, asset_id }: OrderDocument): boolean =>
    (type === undefined || order_type === type) && (assetId === undefined || asset_id === assetId);
  const orders = data && rowsWithKept(data, kept.values()).filter(isShown);
  const open = orders?.filter(({ order_id }) => kept.get(order_id)?.stage !== 'cancelled');
  const rows = [...pending.map(({ key }) => key), ...(orders ?? []).map(({ order_id }) => order_id)];
  const { isSettling, container } = useSettlingRows<HTMLElement>(rows);

  return (
    <section aria-label={title} className="card" {...container}>
      <div className="flex min-h-11 items-center justify-between gap-2 border-b border-line px-4 py-1.5">
        <h2 className="font-medium">
          {title} {open && open.length > 0 && <span className="text-faint">{open.length}</span>}
        </h2>
        {open && open.length > 0 && (
          <CancelAll orders={open} isBusy={isCancelling} onCancel={(all) => void cancel(all)} />
        )}
      </div>
      {orders && orders.length + pending.length > 0 ? (
        <Table caption={title} head={<Heads hasAsset={assetId === undefined} />}>
          {pending.map((order) => (
            <PendingOrderRow key={order.key} order={order} hasAsset={assetId === undefined} />
          ))}
          {orders.map((order) => (
            <OpenOrderRow
              key={order.order_id}
              order={order}
              hasAsset={assetId === undefined}
              stage={kept.get(order.order_id)?.stage}
              isSettling={isSettling}
              onCancel={() => (isProtection(order) ? setAsked(order) : void cancel([order]))}
            />
          ))}
        </Table>
      ) : orders ? (
        <EmptyState title="No open orders" action={emptyAction}>
          {emptyText}
        </EmptyState>
      ) : error ? (
        <ErrorState title="Your orders could not be loaded" error={error} onRetry={() => void refetch()} />
      ) : (
        <SkeletonRows label="Loading your orders" rows={2} />
      )}
      {asked && (
        <CancelProtection
          order={asked}
          onClose={() => setAsked(undefined)}
          onConfirm={() => {
            setAsked(undefined);
            void cancel([asked]);
          }}
        />
      )}
    </section>
  );
}

/** An order that limits a loss. Ending it by mistake costs more than ending any other. */
function isProtection({ order_type }: OrderDocument): boolean {
  return order_type === 'stop_loss' || order_type === 'trailing_stop';
}

interface CancelProtectionProps {
  readonly order: OrderDocument;
  readonly onClose: () => void;
  readonly onConfirm: () => void;
}

/** Asks before a protection is cancelled. */
function CancelProtection({ order: { order_type, asset_id }, onClose, onConfirm }: CancelProtectionProps) {
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={`Cancel this ${ORDER_TYPE_NAMES[order_type].toLowerCase()}?`}
      confirmLabel="Cancel the order"
      cancelLabel="Keep it"
      tone="danger"
      focusOn="cancel"
    >
      Without it, your {asset_id} is not sold when the price falls.
    </AlertDialog>
  );
}

function Heads({ hasAsset }: { readonly hasAsset: boolean }) {
  return (
    <>
      {hasAsset && <Column className="hidden sm:table-cell">Asset</Column>}
      <Column>Order</Column>
      <Column isNumeric>Quantity</Column>
      <Column isNumeric>Trigger</Column>
      <Column isNumeric className="hidden md:table-cell">
        Held
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Placed
      </Column>
      <Column isNumeric className="hidden lg:table-cell">
        Expires
      </Column>
      <Column>
        <span className="sr-only">Actions</span>
      </Column>
    </>
  );
}

/** A link to the markets. */
export function BrowseMarkets({ children }: { readonly children: ReactNode }) {
  return (
    <Link to="/" className="inline-flex min-h-6 items-center font-medium text-accent hover:underline">
      {children}
    </Link>
  );
}

interface CancelAllProps {
  readonly orders: readonly OrderDocument[];
  readonly isBusy: boolean;
  readonly onCancel: (orders: readonly OrderDocument[]) => void;
}

/** Cancels all orders of a list after a confirmation. */
function CancelAll({ orders, isBusy, onCancel }: CancelAllProps) {
  const [isAsking, setIsAsking] = useState(false);
  const count = orders.length;
  const what = count === 1 ? '1 order' : `${count} orders`;
  return (
    <>
      <Button
        size="small"
        tone="danger"
        isBusy={isBusy}
        disabled={count === 0}
        onClick={() => setIsAsking(true)}
      >
        Cancel all
      </Button>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={() => {
          setIsAsking(false);
          onCancel(orders);
        }}
        title={`Cancel ${what}?`}
        confirmLabel={`Cancel ${what}`}
        cancelLabel="Keep them"
        tone="danger"
        focusOn="cancel"
      >
        Held cash and units become available again. Orders filled in the meantime stay filled.
      </AlertDialog>
    </>
  );
}
