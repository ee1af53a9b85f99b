import { useState } from 'react';

export interface FormFieldsOptions<Field extends string> {
  /** Put in front of the names of the fields to make ids. */
  readonly prefix: string;
  /** In the order of the screen: the first of them that is wrong gets the focus. */
  readonly order: readonly Field[];
  readonly form: Readonly<Record<Field, string>>;
  readonly change: (changed: Partial<Record<Field, string>>) => void;
}

type Errors<Field extends string> = Partial<Record<Field, string>>;

/** The text fields of a form with what is wrong with each, which goes when it is changed. */
export function useFormFields<Field extends string>({
  prefix,
  order,
  form,
  change,
}: FormFieldsOptions<Field>) {
  const [errors, setErrors] = useState<Errors<Field>>({});
  return {
    /** What is said at a field is not said again above the form. */
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
