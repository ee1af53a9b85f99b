import type { ReactNode } from 'react';

export interface CheckboxFieldProps {
  readonly id: string;
  readonly label: ReactNode;
  readonly isChecked: boolean;
  readonly onChange: (isChecked: boolean) => void;
}

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
