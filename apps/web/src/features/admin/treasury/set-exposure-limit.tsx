import { assetUpdateSchema } from '@cnop/common/entities/inventory/asset-input';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import type { RefObject, SubmitEvent } from 'react';
import { useRef, useState } from 'react';
import { updateAsset } from '../../../api/admin/assets.ts';
import type { Exposure } from '../../../api/admin/treasury.ts';
import { HOUSE_BOOK_KEY } from '../../../api/admin/treasury.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DecimalField, FormProblem } from '../../../ui/field.tsx';
import { notify } from '../../../ui/notices.ts';
import { schemaErrors } from '../field-errors.ts';

interface SetExposureLimitProps {
  readonly exposure: Pick<Exposure, 'asset_id' | 'name' | 'max_house_exposure'>;
}

/** Sets how many units of an asset the house may have sold. */
export function SetExposureLimit({ exposure }: SetExposureLimitProps) {
  const [isAsking, setIsAsking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={`Set the limit of ${exposure.asset_id}`} onClick={() => setIsAsking(true)}>
        <Gauge aria-hidden="true" className="size-4" />
      </IconButton>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Set the limit of ${exposure.name}`}
        focusOn={input}
      >
        <LimitForm exposure={exposure} inputRef={input} onEnd={() => setIsAsking(false)} />
      </Dialog>
    </>
  );
}

interface LimitFormProps extends SetExposureLimitProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onEnd: () => void;
}

function LimitForm({ exposure, inputRef, onEnd }: LimitFormProps) {
  const { asset_id, name, max_house_exposure } = exposure;
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState(max_house_exposure ?? '');
  const [fieldError, setFieldError] = useState<string>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: async (limit: string | null) => {
      const parsed = assetUpdateSchema.parse({ max_house_exposure: limit });
      return updateAsset(asset_id, parsed);
    },
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: HOUSE_BOOK_KEY });
      notify({ tone: 'success', title: `The limit of ${name} is saved` });
      onEnd();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const limit = typed.trim() === '' ? null : typed.trim();
    const parsed = assetUpdateSchema.safeParse({ max_house_exposure: limit });
    if (parsed.success) return mutate(limit);
    setFieldError(schemaErrors(parsed.error, { max_house_exposure: typed }).max_house_exposure);
    inputRef.current?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <DecimalField
        id="exposure-limit"
        label="Units that the house may have sold"
        unit={asset_id}
        inputRef={inputRef}
        value={typed}
        error={fieldError}
        hint="Above it the asset is closed for buys until staff open it again. Leave it empty for no limit."
        onChange={(text) => {
          setTyped(text);
          setFieldError(undefined);
        }}
      />
      <FormProblem message={error ? toProblem(error).message : undefined} />
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isPending}>
          Set limit
        </Button>
      </div>
    </form>
  );
}
