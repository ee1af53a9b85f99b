import type { AssetCategory } from '@cnop/common/entities/inventory/asset';
import { Search } from 'lucide-react';
import { useRef } from 'react';
import { Segmented } from '../../ui/segmented.tsx';
import { useShortcut } from '../../ui/use-shortcut.ts';
import type { MarketSearch } from './market-search.ts';

const CATEGORIES: readonly { readonly value: AssetCategory | 'all'; readonly label: string }[] = [
  { value: 'all', label: 'All' },
  { value: 'cryptocurrency', label: 'Coins' },
  { value: 'token', label: 'Tokens' },
  { value: 'stablecoin', label: 'Stablecoins' },
  { value: 'commodity', label: 'Commodities' },
  { value: 'nft', label: 'NFTs' },
];

export interface MarketToolbarProps {
  readonly search: MarketSearch;
  readonly onSearch: (change: Partial<MarketSearch>) => void;
  /** Categories with at least one asset. */
  readonly categories: ReadonlySet<AssetCategory>;
}

export function MarketToolbar({ search, onSearch, categories }: MarketToolbarProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', () => input.current?.focus());
  const options = CATEGORIES.filter(({ value }) => value === 'all' || categories.has(value));
  return (
    <div className="flex flex-wrap items-center justify-between gap-2 border-b border-line p-3">
      <div className="relative w-full sm:w-64">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-faint"
        />
        <input
          ref={input}
          type="search"
          aria-label="Search assets"
          aria-keyshortcuts="/"
          placeholder="Search assets"
          value={search.q ?? ''}
          onChange={(event) => onSearch({ q: event.target.value || undefined })}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
          className="field ps-8 pe-8"
        />
        <kbd
          aria-hidden="true"
          className="pointer-events-none absolute end-2 top-2 hidden rounded border border-line bg-sunken px-1.5 text-xs text-faint sm:block"
        >
          /
        </kbd>
      </div>
      <div className="max-w-full overflow-x-auto">
        <Segmented
          label="Category"
          options={options}
          value={search.category ?? 'all'}
          onChange={(value) => onSearch({ category: value === 'all' ? undefined : value })}
        />
      </div>
    </div>
  );
}
