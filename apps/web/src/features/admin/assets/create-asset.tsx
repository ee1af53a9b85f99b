import type { AssetId } from '@cnop/common/core/brands';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { createAsset } from '../../../api/admin/assets.ts';
import { assetsQuery } from '../../../api/market.ts';
import { Button, buttonClass } from '../../../ui/button.tsx';
import { FormProblem } from '../../../ui/field.tsx';
import { notify } from '../../../ui/notices.ts';
import { UnsavedChanges } from '../../../ui/unsaved-changes.tsx';
import { AssetFields } from './asset-fields.tsx';
import { ASSET_FIELDS, emptyAssetForm, readNewAsset } from './asset-form.ts';
import { useAssetForm } from './use-asset-form.ts';

const EMPTY = emptyAssetForm();

/**
 * The form that creates an asset.
 * @param onCreated receives the id of the new asset
 */
export function CreateAsset({ onCreated }: { readonly onCreated: (assetId: AssetId) => void }) {
  const queryClient = useQueryClient();
  const { form, fieldErrors, problem, change, showErrors, showProblem } = useAssetForm(EMPTY);
  const { mutate, isPending } = useMutation({
    mutationFn: createAsset,
    onSuccess: async ({ asset_id, name }) => {
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
      notify({ tone: 'success', title: `${name} was created` });
      onCreated(asset_id);
    },
    onError: showProblem,
  });

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    const reading = readNewAsset(form);
    if (reading.kind === 'good') mutate(reading.body);
    else showErrors(reading.fieldErrors);
  };

  return (
    <form noValidate onSubmit={submit} className="grid grid-cols-1 gap-4">
      <AssetFields form={form} fieldErrors={fieldErrors} onChange={change} isNew />
      <FormProblem message={problem} />
      <UnsavedChanges isUnsaved={ASSET_FIELDS.some((field) => form[field] !== EMPTY[field]) && !isPending} />
      <div className="flex justify-end gap-2">
        <Link to="/admin/assets" className={buttonClass()}>
          Cancel
        </Link>
        <Button type="submit" tone="primary" isBusy={isPending}>
          Create asset
        </Button>
      </div>
    </form>
  );
}
