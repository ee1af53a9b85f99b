import { useState } from 'react';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { Complaints } from '../complaints.ts';
import { sortRefusal } from '../complaints.ts';
import type { AssetField, AssetForm } from './asset-form.ts';
import { ASSET_FIELDS } from './asset-form.ts';

export interface AssetFormState {
  readonly form: AssetForm;
  readonly complaints: Complaints<AssetField>;
  /** The error that belongs to no field. */
  readonly problem: string | undefined;
  readonly change: (field: AssetField, text: string) => void;
  /** Shows errors at their fields and focuses the first of them. */
  readonly complain: (complaints: Complaints<AssetField>) => void;
  /** Shows the errors of a failed request. */
  readonly refuse: (thrown: unknown) => void;
  /** Discards the typed changes. */
  readonly reset: () => void;
}

/** Holds the edits of an asset and their errors. Fields without edits show the stored value, also when it changes. */
export function useAssetForm(base: AssetForm): AssetFormState {
  const [edits, setEdits] = useState<Partial<AssetForm>>({});
  const [complaints, setComplaints] = useState<Complaints<AssetField>>({});
  const [problem, setProblem] = useState<string>();

  const complain = (found: Complaints<AssetField>, rest?: string): void => {
    setComplaints(found);
    setProblem(rest);
    const first = ASSET_FIELDS.find((field) => found[field] !== undefined);
    if (first) document.getElementById(first)?.focus();
  };

  return {
    form: { ...base, ...edits },
    complaints,
    problem,
    complain,
    change(field, text) {
      setEdits((known) => ({ ...known, [field]: text }));
      setComplaints((known) => ({ ...known, [field]: undefined }));
    },
    refuse(thrown) {
      const { complaints: found, rest } = sortRefusal(toProblem(thrown), ASSET_FIELDS);
      complain(found, rest);
    },
    reset() {
      setEdits({});
      complain({});
    },
  };
}
