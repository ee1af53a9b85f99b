import { CircleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

export interface FieldTexts {
  readonly label: string;
  readonly error?: string | undefined;
  /** Said before anything went wrong. */
  readonly hint?: ReactNode;
}

export interface FieldProps extends FieldTexts {
  readonly id: string;
  /** Beside the label, such as what is available. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** What the control of a field says about itself to assistive technology. */
export function describedBy(id: string, { error, hint }: FieldTexts): Record<string, unknown> {
  const ids = [...(error ? [`${id}-error`] : []), ...(hint ? [`${id}-hint`] : [])].join(' ');
  return {
    'aria-invalid': error ? true : undefined,
    'aria-describedby': ids === '' ? undefined : ids,
  };
}

/** Label above, control, then what is wrong or worth knowing. */
export function Field({ id, label, error, hint, aside, children }: FieldProps) {
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
