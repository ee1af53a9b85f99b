import { useState } from 'react';

export interface FormFieldsOptions<Field extends string> {
  /** Prefix of the element ids. */
  readonly prefix: string;
  /** In the order of the screen: the first field with an error gets the focus. */
  readonly order: readonly Field[];
  readonly form: Readonly<Record<Field, string>>;
  readonly change: (changed: Partial<Record<Field, string>>) => void;
}

type Errors<Field extends string> = Partial<Record<Field, string>>;

/** Binds the text fields of a form to their errors. An error disappears when its field changes. */
export function useFormFields<Field extends string>({
  prefix,
  order,
  form,
  change,
}: FormFieldsOptions<Field>) {
  const [errors, setErrors] = useState<Errors<Field>>({});
  return {
    /** Errors shown at a field are not repeated above the form. */
    hasErrors: Object.values(errors).some((message) => message !== undefined),
    showErrors(found: Errors<Field>): void {
      setErrors(found);
      const first = order.find((field) => found[field] !== undefined);
      if (first) document.getElementById(`${prefix}-${first}`)?.focus();
    },
    bind: (field: Field) => ({
      id: `${prefix}-${field}`,
      value: form[field],
      error: errors[field],
      onChange: (event: { readonly target: { readonly value: string } }) => {
        change({ [field]: event.target.value } as Partial<Record<Field, string>>);
        setErrors({ ...errors, [field]: undefined });
      },
    }),
  };
}
