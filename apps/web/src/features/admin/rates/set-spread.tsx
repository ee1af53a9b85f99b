import { JsonNumber } from '@cnop/common/entities/fields';
import type { AssetUpdate } from '@cnop/common/entities/inventory/asset-input';
import { assetUpdateSchema } from '@cnop/common/entities/inventory/asset-input';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Percent } from 'lucide-react';
import type { RefObject, SubmitEvent } from 'react';
import { useRef, useState } from 'react';
import { updateAsset } from '../../../api/admin/assets.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { MarketAsset } from '../../../api/market.ts';
import { assetsQuery } from '../../../api/market.ts';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { DecimalField, FormProblem } from '../../../ui/field.tsx';
import { notify } from '../../../ui/notices.ts';
import { schemaErrors } from '../field-errors.ts';

interface SetSpreadProps {
  readonly asset: Pick<MarketAsset, 'asset_id' | 'name'>;
  readonly spreadBps: number;
}

/** Sets the spread of a currency: what conversions cost. */
export function SetSpread({ asset, spreadBps }: SetSpreadProps) {
  const [isAsking, setIsAsking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton label={`Set the spread of ${asset.asset_id}`} onClick={() => setIsAsking(true)}>
        <Percent aria-hidden="true" className="size-4" />
      </IconButton>
      <Dialog
        isOpen={isAsking}
        onClose={() => setIsAsking(false)}
        title={`Set the spread of ${asset.name}`}
        focusOn={input}
      >
        <SpreadForm asset={asset} spreadBps={spreadBps} inputRef={input} onEnd={() => setIsAsking(false)} />
      </Dialog>
    </>
  );
}

interface SpreadFormProps extends SetSpreadProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onEnd: () => void;
}

function SpreadForm({ asset: { asset_id, name }, spreadBps, inputRef, onEnd }: SpreadFormProps) {
  const queryClient = useQueryClient();
  const [typed, setTyped] = useState(String(spreadBps));
  const [fieldError, setFieldError] = useState<string>();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (change: AssetUpdate) => updateAsset(asset_id, change),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
      notify({ tone: 'success', title: `The spread of ${name} is saved` });
      onEnd();
    },
  });
  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const parsed = assetUpdateSchema.safeParse({ spread_bps: new JsonNumber(typed.trim()) });
    if (parsed.success) return mutate(parsed.data);
    setFieldError(schemaErrors(parsed.error, { spread_bps: typed }).spread_bps);
    inputRef.current?.focus();
  };
  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <DecimalField
        id="spread"
        label="Spread"
        unit="bps"
        inputRef={inputRef}
        value={typed}
        error={fieldError}
        hint="Hundredths of a percent, half of them on each side of the mid rate."
        onChange={(text) => {
          setTyped(text);
          setFieldError(undefined);
        }}
      />
      <FormProblem message={error ? toProblem(error).message : undefined} />
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isPending}>
          Set spread
        </Button>
      </div>
    </form>
  );
}
