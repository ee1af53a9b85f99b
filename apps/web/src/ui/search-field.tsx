import { Search } from 'lucide-react';
import { useRef } from 'react';
import { describedBy } from './field.tsx';
import { useShortcut } from './use-shortcut.ts';

export interface SearchFieldProps {
  readonly id: string;
  /** Read out, and shown while the field is empty. */
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error?: string | undefined;
  readonly maxLength?: number;
}

/** A search field; `/` focuses it. */
export function SearchField({ id, label, value, onChange, error, maxLength }: SearchFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useShortcut('/', () => input.current?.focus());
  return (
    <div className="grid w-full gap-1 sm:w-64">
      <div className="relative">
        <Search
          aria-hidden="true"
          className="pointer-events-none absolute start-2.5 top-2.5 size-4 text-faint"
        />
        <input
          ref={input}
          id={id}
          type="search"
          aria-label={label}
          aria-keyshortcuts="/"
          placeholder={label}
          autoCapitalize="none"
          spellCheck={false}
          maxLength={maxLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Escape') event.currentTarget.blur();
          }}
          className="field ps-8"
          {...describedBy(id, { label, error })}
        />
      </div>
      {error && (
        <p id={`${id}-error`} className="text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
