import { clsx } from 'clsx';
import { CircleAlert, Eye, EyeOff } from 'lucide-react';
import type { ComponentProps, ReactNode, Ref } from 'react';
import { useState } from 'react';

interface FieldTexts {
  readonly label: string;
  readonly error?: string | undefined;
  /** Shown without an error as well. */
  readonly hint?: ReactNode;
}

interface FieldProps extends FieldTexts {
  readonly id: string;
  /** Beside the label, such as the available amount. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** Returns the ARIA attributes of the control of a field. */
export function describedBy(id: string, { error, hint }: FieldTexts): Record<string, unknown> {
  const ids = [...(error ? [`${id}-error`] : []), ...(hint ? [`${id}-hint`] : [])].join(' ');
  return {
    'aria-invalid': error ? true : undefined,
    'aria-describedby': ids === '' ? undefined : ids,
  };
}

/** A field: label, control, error and hint. */
function Field({ id, label, error, hint, aside, children }: FieldProps) {
  return (
    <div className="grid gap-1">
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="text-sm font-medium text-muted">
          {label}
        </label>
        {aside}
      </div>
      {children}
      {error && (
        <p id={`${id}-error`} className="flex items-start gap-1 text-sm text-danger">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{error}</span>
        </p>
      )}
      {hint && (
        <div id={`${id}-hint`} className="text-sm text-faint">
          {hint}
        </div>
      )}
    </div>
  );
}

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly id: string;
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
}

/** A field for a line of text. */
export function TextField({ id, label, error, hint, ...input }: TextFieldProps) {
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      <input id={id} type="text" className="field" {...describedBy(id, { label, error, hint })} {...input} />
    </Field>
  );
}

/** A field for a password, which the user may show. */
export function PasswordField({ id, label, error, hint, ...input }: TextFieldProps) {
  const [isShown, setIsShown] = useState(false);
  const Icon = isShown ? EyeOff : Eye;
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      <div className="relative">
        <input
          id={id}
          type={isShown ? 'text' : 'password'}
          className="field pe-10"
          {...describedBy(id, { label, error, hint })}
          {...input}
        />
        <button
          type="button"
          aria-label={isShown ? 'Hide what you typed' : 'Show what you typed'}
          onClick={() => setIsShown(!isShown)}
          className="absolute end-1 top-1 inline-flex size-7 items-center justify-center rounded text-muted hover:bg-hover hover:text-ink"
        >
          <Icon aria-hidden="true" className="size-4" />
        </button>
      </div>
    </Field>
  );
}

interface TextAreaProps {
  readonly id: string;
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
  readonly rows?: number;
  /** For a text of lines. The API takes no line breaks in a paragraph, so they become spaces there. */
  readonly keepsLineBreaks?: boolean;
}

const LINE_BREAKS = /\s*\n\s*/g;

/** A field for a paragraph or for lines. */
export function TextArea({ id, label, value, onChange, error, hint, ...rest }: TextAreaProps) {
  const { rows = 3, keepsLineBreaks = false } = rest;
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      <textarea
        id={id}
        rows={rows}
        value={value}
        onChange={({ target }) =>
          onChange(keepsLineBreaks ? target.value : target.value.replaceAll(LINE_BREAKS, ' '))
        }
        className="field h-auto resize-y py-2"
        {...describedBy(id, { label, error, hint })}
      />
    </Field>
  );
}

interface DecimalFieldProps {
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
 * A field for an amount as text: `type="number"` would refuse a decimal comma, change digits and react to the mouse
 * wheel. Read it with `readDecimal`, which accepts both separators.
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

interface CheckboxFieldProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

/** A checkbox with its label. */
export function CheckboxField({ id, label, isChecked, onChange }: CheckboxFieldProps) {
  return (
    <label htmlFor={id} className="flex min-h-6 cursor-pointer items-start gap-2.5">
      <input
        id={id}
        type="checkbox"
        checked={isChecked}
        onChange={(event) => onChange(event.target.checked)}
        className="mt-0.5 size-4 shrink-0 accent-(--accent)"
      />
      <span>{label}</span>
    </label>
  );
}

/** The error of a form as a whole. */
export function FormProblem({ message }: { readonly message: string | undefined }) {
  return (
    <div role="alert" className="empty:hidden">
      {message !== undefined && (
        <p className="flex items-start gap-2 rounded-md bg-danger-soft p-3 text-danger">
          <CircleAlert aria-hidden="true" className="mt-0.5 size-4 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{message}</span>
        </p>
      )}
    </div>
  );
}
