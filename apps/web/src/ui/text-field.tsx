import type { ComponentProps, ReactNode } from 'react';
import { describedBy, Field } from './field.tsx';

export interface TextFieldProps extends Omit<ComponentProps<'input'>, 'id'> {
  readonly id: string;
  readonly label: string;
  readonly error?: string | undefined;
  readonly hint?: ReactNode;
}

export function TextField({ id, label, error, hint, ...input }: TextFieldProps) {
  return (
    <Field id={id} label={label} error={error} hint={hint}>
      <input id={id} type="text" className="field" {...describedBy(id, { label, error, hint })} {...input} />
    </Field>
  );
}
