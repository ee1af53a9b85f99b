import type { AssetCategory, AssetStatus } from '@cnop/common/entities/inventory/asset';
import { assetCategorySchema, assetStatusSchema } from '@cnop/common/entities/inventory/asset';
import { STATUS_NAMES } from '../../../ui/badge.tsx';
import { SearchField } from '../../../ui/search-field.tsx';
import { Select } from '../../../ui/select.tsx';
import { CATEGORY_NAMES } from './asset-words.ts';
import type { AssetsSearch } from './assets-search.ts';

const ANY = 'any';
const MAX_SEARCH_LENGTH = 100;

const CATEGORIES = [
  { value: ANY, label: 'Any category' },
  ...assetCategorySchema.options.map((value) => ({ value, label: CATEGORY_NAMES[value] })),
] satisfies { value: AssetCategory | typeof ANY; label: string }[];

const STATUSES = [
  { value: ANY, label: 'Any status' },
  ...assetStatusSchema.options.map((value) => ({ value, label: STATUS_NAMES[value] })),
] satisfies { value: AssetStatus | typeof ANY; label: string }[];

export interface AssetFiltersProps {
  readonly search: AssetsSearch;
  readonly onSearch: (change: Partial<AssetsSearch>) => void;
}

export function AssetFilters({ search, onSearch }: AssetFiltersProps) {
  return (
    <div className="flex grow flex-wrap items-start gap-2">
      <SearchField
        id="asset-search"
        label="Search assets"
        maxLength={MAX_SEARCH_LENGTH}
        value={search.q ?? ''}
        onChange={(text) => onSearch({ q: text || undefined })}
      />
      <Select<AssetCategory | typeof ANY>
        label="Category"
        isLabelHidden
        className="min-w-28 flex-1 sm:w-36 sm:flex-none"
        options={CATEGORIES}
        value={search.category ?? ANY}
        onChange={(category) => onSearch({ category: category === ANY ? undefined : category })}
      />
      <Select<AssetStatus | typeof ANY>
        label="Status"
        isLabelHidden
        className="min-w-28 flex-1 sm:w-32 sm:flex-none"
        options={STATUSES}
        value={search.status ?? ANY}
        onChange={(status) => onSearch({ status: status === ANY ? undefined : status })}
      />
    </div>
  );
}
