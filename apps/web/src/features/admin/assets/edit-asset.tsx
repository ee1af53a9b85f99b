import type { AssetStatus } from '@cnop/common/entities/inventory/asset';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SubmitEvent } from 'react';
import { useState } from 'react';
import { updateAsset } from '../../../api/admin/assets.ts';
import type { MarketAsset } from '../../../api/market.ts';
import { assetsQuery } from '../../../api/market.ts';
import { formatCount } from '../../../format/numbers.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { STATUS_NAMES } from '../../../ui/badge.tsx';
import { Button } from '../../../ui/button.tsx';
import { FormProblem } from '../../../ui/field.tsx';
import { notify } from '../../../ui/notices.ts';
import { UnsavedChanges } from '../../../ui/unsaved-changes.tsx';
import { AssetFields } from './asset-fields.tsx';
import { changedFields, closesTrading, formOfAsset, readAssetChanges } from './asset-form.ts';
import { STATUS_MEANINGS } from './asset-words.ts';
import { useAssetForm } from './use-asset-form.ts';

/** The form that edits an asset. Only changed fields are sent. */
export function EditAsset({ asset }: { readonly asset: MarketAsset }) {
  const queryClient = useQueryClient();
  const stored = formOfAsset(asset);
  const [isAsking, setIsAsking] = useState(false);
  const { form, fieldErrors, problem, change, showErrors, showProblem, reset } = useAssetForm(stored);
  const changed = changedFields(form, stored);

  const { mutate, isPending } = useMutation({
    mutationFn: (changes: Parameters<typeof updateAsset>[1]) => updateAsset(asset.asset_id, changes),
    onSuccess: async (after) => {
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
      reset();
      notify({ tone: 'success', title: `${after.name} was saved` });
    },
    onError: showProblem,
    onSettled: () => setIsAsking(false),
  });

  const save = (): void => {
    const reading = readAssetChanges(form, stored);
    if (reading.kind === 'good') mutate(reading.body);
    else showErrors(reading.fieldErrors);
  };

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending || changed.length === 0) return;
    const reading = readAssetChanges(form, stored);
    if (reading.kind === 'good' && closesTrading(form, stored)) setIsAsking(true);
    else save();
  };

  const statusName = STATUS_NAMES[form.status as AssetStatus].toLowerCase();
  return (
    <form noValidate onSubmit={submit} className="grid grid-cols-1 gap-4">
      <AssetFields form={form} fieldErrors={fieldErrors} onChange={change} isNew={false} />
      <FormProblem message={problem} />
      <UnsavedChanges isUnsaved={changed.length > 0 && !isPending} />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p role="status" className="me-auto text-sm text-faint">
          {changed.length === 0
            ? 'No changes.'
            : `${formatCount(changed.length)} ${changed.length === 1 ? 'field' : 'fields'} changed.`}
        </p>
        <Button disabled={changed.length === 0 || isPending} onClick={reset}>
          Undo changes
        </Button>
        <Button type="submit" tone="primary" isBusy={isPending} disabled={changed.length === 0}>
          Save changes
        </Button>
      </div>
      <AlertDialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        onConfirm={save}
        title={`Make ${asset.name} ${statusName}?`}
        confirmLabel={`Save as ${statusName}`}
        cancelLabel="Keep editing"
        tone="danger"
        focusOn="cancel"
        isBusy={isPending}
      >
        {STATUS_MEANINGS[form.status as AssetStatus]}
      </AlertDialog>
    </form>
  );
}
