import { Dialog } from '../../ui/dialog.tsx';
import { Tabs } from '../../ui/tabs.tsx';
import { BrowseMarkets, OpenOrders } from './open-orders.tsx';
import { OrderDetails } from './order-details.tsx';
import { OrderFilters } from './order-filters.tsx';
import { OrderHistory } from './order-history.tsx';
import type { OrdersSearch } from './orders-search.ts';

const TABS = [
  { value: 'open', label: 'Open' },
  { value: 'history', label: 'History' },
] as const;

export interface OrdersProps {
  readonly search: OrdersSearch;
  readonly onSearch: (change: Partial<OrdersSearch>) => void;
}

/** All orders of the user: open orders, history and details. */
export function Orders({ search, onSearch }: OrdersProps) {
  const tab = search.tab ?? 'open';
  const { asset, type, status } = search;
  return (
    <>
      <Tabs
        label="Orders"
        items={TABS}
        value={tab}
        onChange={(next) => onSearch({ tab: next === 'open' ? undefined : next, status: undefined })}
      >
        <OrderFilters search={search} hasStatus={tab === 'history'} onSearch={onSearch} />
        {tab === 'open' ? (
          <OpenOrders
            title="Open orders"
            {...(asset !== undefined && { assetId: asset })}
            type={type}
            emptyAction={<BrowseMarkets>Browse the markets</BrowseMarkets>}
            emptyText="Open limit, stop and trailing orders appear here."
          />
        ) : (
          <div className="card">
            <OrderHistory filter={{ asset, type, status }} search={search} />
          </div>
        )}
      </Tabs>
      <Dialog
        kind="drawer"
        title="Order"
        isOpen={search.order !== undefined}
        onClose={() => onSearch({ order: undefined })}
      >
        {search.order !== undefined && <OrderDetails orderId={search.order} />}
      </Dialog>
    </>
  );
}
