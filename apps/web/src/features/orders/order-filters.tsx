import type { AssetId } from '@cnop/common/core/brands';
import type { FinalStatus, OrderType } from '@cnop/common/entities/order/order-document';
import { finalStatusSchema, orderTypeSchema } from '@cnop/common/entities/order/order-document';
import { useQuery } from '@tanstack/react-query';
import { assetsQuery } from '../../api/market.ts';
import { Button } from '../../ui/button.tsx';
import { ORDER_STATUS_NAMES, ORDER_TYPE_NAMES } from '../../ui/order-names.ts';
import type { SelectOption } from '../../ui/select.tsx';
import { Select } from '../../ui/select.tsx';
import type { OrdersSearch } from './orders-search.ts';

const ANY = 'any';
const TYPES = [
  { value: ANY, label: 'Any type' },
  ...orderTypeSchema.options.map((value) => ({ value, label: ORDER_TYPE_NAMES[value] })),
] satisfies { value: OrderType | typeof ANY; label: string }[];

const STATUSES = [
  { value: ANY, label: 'Any status' },
  ...finalStatusSchema.options.map((value) => ({ value, label: ORDER_STATUS_NAMES[value] })),
] satisfies { value: FinalStatus | typeof ANY; label: string }[];

export interface OrderFiltersProps {
  readonly search: OrdersSearch;
  readonly hasStatus: boolean;
  readonly onSearch: (change: Partial<OrdersSearch>) => void;
}

export function OrderFilters({ search, hasStatus, onSearch }: OrderFiltersProps) {
  const { data: assets } = useQuery(assetsQuery());
  const options: readonly SelectOption<AssetId | typeof ANY>[] = [
    { value: ANY, label: 'Any asset' },
    ...(assets ?? []).map(({ asset_id, name }) => ({ value: asset_id, label: `${asset_id} · ${name}` })),
  ];
  const isFiltered = search.asset !== undefined || search.type !== undefined || search.status !== undefined;
  return (
    <div className="flex flex-wrap items-end gap-2 py-3">
      <Select<AssetId | typeof ANY>
        label="Asset"
        isLabelHidden
        className="w-40"
        options={options}
        value={search.asset ?? ANY}
        onChange={(asset) => onSearch({ asset: asset === ANY ? undefined : asset })}
      />
      <Select<OrderType | typeof ANY>
        label="Type"
        isLabelHidden
        className="w-36"
        options={TYPES}
        value={search.type ?? ANY}
        onChange={(type) => onSearch({ type: type === ANY ? undefined : type })}
      />
      {hasStatus && (
        <Select<FinalStatus | typeof ANY>
          label="Status"
          isLabelHidden
          className="w-36"
          options={STATUSES}
          value={search.status ?? ANY}
          onChange={(status) => onSearch({ status: status === ANY ? undefined : status })}
        />
      )}
      {isFiltered && (
        <Button
          tone="quiet"
          onClick={() => onSearch({ asset: undefined, type: undefined, status: undefined })}
        >
          Clear
        </Button>
      )}
    </div>
  );
}
