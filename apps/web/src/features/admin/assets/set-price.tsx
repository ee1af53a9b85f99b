import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import type { RefObject, SubmitEvent } from 'react';
import { useId, useState } from 'react';
import { setAssetPrice } from '../../../api/admin/set-asset-price.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { MarketAsset } from '../../../api/market/assets.ts';
import { assetsQuery } from '../../../api/market/assets.ts';
import { formatPrice } from '../../../format/numbers.ts';
import { useLivePrice } from '../../../live/price-store.ts';
import { Percent, Price } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { DecimalField } from '../../../ui/decimal-field.tsx';
import { Fact } from '../../../ui/fact.tsx';
import { FormProblem } from '../../../ui/form-problem.tsx';
import { notify } from '../../../ui/notices.ts';
import { sortRefusal } from '../complaints.ts';
import { feedMeaning } from './asset-words.ts';
import { readNewPrice } from './new-price.ts';

export interface SetPriceProps {
  readonly asset: MarketAsset;
  /** Of the field for the price, where the focus begins. */
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onDone: () => void;
}

/** Sets a price by hand, beside the price of now, and says what the feed makes of it. */
export function SetPrice({ asset, inputRef, onDone }: SetPriceProps) {
  const queryClient = useQueryClient();
  const id = useId();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const live = useLivePrice(asset.asset_id);
  const { price_scale: priceScale, name } = asset;
  const priceNow = live?.mid ?? asset.current_price;
  const wanted = readNewPrice(typed, { priceScale, priceNow });

  const {
    mutate,
    isPending,
    error: refusal,
  } = useMutation({
    mutationFn: (price: string) => setAssetPrice(asset.asset_id, price),
    onSuccess: async (_, price) => {
      onDone();
      const title = `${name} is at ${formatPrice(price, priceScale)}`;
      notify({ tone: 'success', title, description: feedMeaning(live?.source) });
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
    },
    onError: (thrown) => complain(sortRefusal(toProblem(thrown), ['price']).complaints.price),
  });

  function complain(message: string | undefined): void {
    setError(message);
    inputRef.current?.focus();
  }

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    if (wanted.kind === 'good') mutate(wanted.price);
    else complain(wanted.message);
  };

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <FormProblem message={refusal ? sortRefusal(toProblem(refusal), ['price']).rest : undefined} />
      <dl className="grid gap-1.5">
        <Fact label="Price now">
          <Price value={priceNow} priceScale={priceScale} />
        </Fact>
        <Fact label="Change">
          <Percent value={wanted.kind === 'good' ? wanted.changePercent : null} />
        </Fact>
      </dl>
      <DecimalField
        id={id}
        label="New price"
        unit="USD"
        inputRef={inputRef}
        value={typed}
        error={error}
        onChange={(text) => {
          setTyped(text);
          setError(undefined);
        }}
      />
      {wanted.kind === 'good' && wanted.isFar && <FarWarning />}
      <p className="text-sm text-muted">{feedMeaning(live?.source)}</p>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isPending}>
          Set price
        </Button>
      </div>
    </form>
  );
}

function FarWarning() {
  return (
    <p role="status" className="flex items-start gap-2 rounded-md bg-warn-soft p-2 text-sm text-warn">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
      That is far from the price of now. Orders that wait for it execute at once.
    </p>
  );
}
