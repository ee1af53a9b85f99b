import { clsx } from 'clsx';
import type { ReactNode, Ref } from 'react';
import { describedBy, Field } from './field.tsx';

export interface DecimalFieldProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly unit: string;
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
  readonly aside?: ReactNode;
  readonly placeholder?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
  readonly isDisabled?: boolean;
}

/**
 * An amount as text: `type="number"` would refuse a decimal comma, change digits and count on the mouse wheel. Whoever
 * reads the value accepts both separators.
 */
export function DecimalField({
  id,
  label,
  value,
  onChange,
  unit,
  error,
  hint,
  aside,
  ...rest
}: DecimalFieldProps) {
  const { placeholder = '0', inputRef, isDisabled = false } = rest;
  return (
    <Field id={id} label={label} error={error} hint={hint} aside={aside}>
      <div className="relative">
        <input
          id={id}
          ref={inputRef}
          type="text"
          inputMode="decimal"
          autoComplete="off"
          spellCheck={false}
          disabled={isDisabled}
          value={value}
          placeholder={placeholder}
          onChange={(event) => onChange(event.target.value)}
          className={clsx('field numeric pe-14 text-end')}
          {...describedBy(id, { label, error, hint })}
        />
        <span className="pointer-events-none absolute inset-y-0 end-2.5 flex items-center text-sm text-faint">
          {unit}
        </span>
      </div>
    </Field>
  );
}
