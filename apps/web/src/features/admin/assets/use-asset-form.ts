import { useState } from 'react';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { FieldErrors } from '../field-errors.ts';
import { sortProblem } from '../field-errors.ts';
import type { AssetField, AssetForm } from './asset-form.ts';
import { ASSET_FIELDS } from './asset-form.ts';

export interface AssetFormState {
  readonly form: AssetForm;
  readonly fieldErrors: FieldErrors<AssetField>;
  /** The error that belongs to no field. */
  readonly problem: string | undefined;
  readonly change: (field: AssetField, text: string) => void;
  /** Shows errors at their fields and focuses the first of them. */
  readonly showErrors: (fieldErrors: FieldErrors<AssetField>) => void;
  /** Shows the errors of a failed request. */
  readonly showProblem: (thrown: unknown) => void;
  /** Discards the typed changes. */
  readonly reset: () => void;
}

/** Holds the edits of an asset and their errors. Fields without edits show the stored value, also when it changes. */
export function useAssetForm(base: AssetForm): AssetFormState {
  const [edits, setEdits] = useState<Partial<AssetForm>>({});
  const [fieldErrors, setComplaints] = useState<FieldErrors<AssetField>>({});
  const [problem, setProblem] = useState<string>();

  const showErrors = (found: FieldErrors<AssetField>, rest?: string): void => {
    setComplaints(found);
    setProblem(rest);
    const first = ASSET_FIELDS.find((field) => found[field] !== undefined);
    if (first) document.getElementById(first)?.focus();
  };

  return {
    form: { ...base, ...edits },
    fieldErrors,
    problem,
    showErrors,
    change(field, text) {
      setEdits((known) => ({ ...known, [field]: text }));
      setComplaints((known) => ({ ...known, [field]: undefined }));
    },
    showProblem(thrown) {
      const { fieldErrors: found, rest } = sortProblem(toProblem(thrown), ASSET_FIELDS);
      showErrors(found, rest);
    },
    reset() {
      setEdits({});
      showErrors({});
    },
  };
}
