import type { TransactionType } from '@cnop/common/entities/user/balance-transaction';
import { transactionTypeSchema } from '@cnop/common/entities/user/balance-transaction';
import { Button } from '../../ui/button.tsx';
import { TextField } from '../../ui/field.tsx';
import { TRANSACTION_NAMES } from '../../ui/ledger-names.ts';
import { Select } from '../../ui/select.tsx';
import type { CashSearch } from './cash-search.ts';
import { isFiltered, periodProblem } from './cash-search.ts';

const ANY = 'any';

const TYPES = [
  { value: ANY, label: 'Any type' },
  ...transactionTypeSchema.options.map((value) => ({ value, label: TRANSACTION_NAMES[value] })),
] satisfies { value: TransactionType | typeof ANY; label: string }[];

export interface LedgerFiltersProps {
  readonly search: CashSearch;
  readonly onSearch: (change: Partial<CashSearch>) => void;
}

export function LedgerFilters({ search, onSearch }: LedgerFiltersProps) {
  const { type, from, to } = search;
  return (
    <div className="flex flex-wrap items-start gap-2 border-b border-line px-4 py-3">
      <Select<TransactionType | typeof ANY>
        label="Type"
        className="w-40"
        options={TYPES}
        value={type ?? ANY}
        onChange={(next) => onSearch({ type: next === ANY ? undefined : next })}
      />
      <div className="w-40">
        <TextField
          id="ledger-from"
          type="date"
          label="From"
          value={from ?? ''}
          max={to}
          onChange={(event) => onSearch({ from: event.target.value || undefined })}
        />
      </div>
      <div className="w-40">
        <TextField
          id="ledger-to"
          type="date"
          label="To"
          value={to ?? ''}
          error={periodProblem(search)}
          onChange={(event) => onSearch({ to: event.target.value || undefined })}
        />
      </div>
      {isFiltered(search) && (
        <Button
          tone="quiet"
          className="mt-6"
          onClick={() => onSearch({ type: undefined, from: undefined, to: undefined })}
        >
          Clear
        </Button>
      )}
    </div>
  );
}
