import { useMutation, useQueryClient } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import type { RefObject, SubmitEvent } from 'react';
import { useId, useState } from 'react';
import type { NewPrice } from '../../../api/admin/assets.ts';
import { priceProposalsQuery, setAssetPrice } from '../../../api/admin/assets.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { MarketAsset } from '../../../api/market.ts';
import { assetsQuery } from '../../../api/market.ts';
import { formatPrice } from '../../../format/numbers.ts';
import { useLivePrice } from '../../../live/price-store.ts';
import { Percent, Price } from '../../../ui/amounts.tsx';
import { Button } from '../../../ui/button.tsx';
import { DecimalField, FormProblem } from '../../../ui/field.tsx';
import { Fact } from '../../../ui/figures.tsx';
import { notify } from '../../../ui/notices.ts';
import { sortProblem } from '../field-errors.ts';
import { feedMeaning, priceWord } from './asset-words.ts';
import { readNewPrice } from './new-price.ts';

const NEEDS_SECOND = 'needs_second_administrator';
const TOO_LARGE =
  'This step is too large for one person. Propose it: it takes effect when a second administrator approves it.';
const PROPOSED = 'It takes effect when a second administrator approves it within an hour.';

export interface SetPriceProps {
  readonly asset: MarketAsset;
  /** The ref of the price field, which gets the focus first. */
  readonly inputRef: RefObject<HTMLInputElement | null>;
  readonly onDone: () => void;
}

/** Sets a price by hand and says what the price feed does with it. */
export function SetPrice({ asset, inputRef, onDone }: SetPriceProps) {
  const id = useId();
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<string>();
  const live = useLivePrice(asset.asset_id);
  const { category, price_scale: priceScale } = asset;
  const priceNow = live?.mid ?? asset.current_price;
  const wanted = readNewPrice(typed, { priceScale, priceNow });

  const { send, isPending, refusal, isTooLarge, forget } = useSetPrice(asset, { onDone, showError });

  function showError(message: string | undefined): void {
    setError(message);
    inputRef.current?.focus();
  }

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    if (isPending) return;
    if (wanted.kind === 'good') send(wanted.price);
    else showError(wanted.message);
  };

  return (
    <form noValidate onSubmit={submit} className="grid gap-4">
      <FormProblem message={refusal} />
      <dl className="grid gap-1.5">
        <Fact label={category === 'currency' ? 'Rate now' : 'Price now'}>
          <Price value={priceNow} priceScale={priceScale} />
        </Fact>
        <Fact label="Change">
          <Percent value={wanted.kind === 'good' ? wanted.changePercent : null} />
        </Fact>
      </dl>
      <DecimalField
        id={id}
        label={`New ${priceWord(category)}`}
        unit="USD"
        inputRef={inputRef}
        value={typed}
        error={error}
        onChange={(text) => {
          setTyped(text);
          setError(undefined);
          forget();
        }}
      />
      {wanted.kind === 'good' && wanted.isFar && <FarWarning category={category} />}
      <p className="text-sm text-muted">{feedMeaning(live?.source)}</p>
      <div className="flex justify-end gap-2">
        <Button onClick={onDone}>Cancel</Button>
        <Button type="submit" tone="primary" isBusy={isPending}>
          {isTooLarge ? 'Propose' : 'Set'} {priceWord(category)}
        </Button>
      </div>
    </form>
  );
}

/** Sends the price, as a proposal after the server has refused it as too large a step for one administrator. */
function useSetPrice(
  { asset_id, name, price_scale: priceScale }: MarketAsset,
  { onDone, showError }: { onDone: () => void; showError: (message: string | undefined) => void },
) {
  const queryClient = useQueryClient();
  const source = useLivePrice(asset_id)?.source;
  const [isTooLarge, setIsTooLarge] = useState(false);
  const { mutate, isPending, error } = useMutation({
    mutationFn: (body: NewPrice) => setAssetPrice(asset_id, body),
    onSuccess: async ({ isProposed }, { price }) => {
      onDone();
      const shown = formatPrice(price, priceScale);
      notify(
        isProposed
          ? { tone: 'info', title: `${shown} is proposed for ${name}`, description: PROPOSED }
          : { tone: 'success', title: `${name} is at ${shown}`, description: feedMeaning(source) },
      );
      await queryClient.invalidateQueries({ queryKey: priceProposalsQuery().queryKey });
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
    },
    onError: (thrown) => {
      const problem = toProblem(thrown);
      const needsSecond = problem.fields.some(({ code }) => code === NEEDS_SECOND);
      setIsTooLarge(needsSecond);
      showError(needsSecond ? TOO_LARGE : sortProblem(problem, ['price']).fieldErrors.price);
    },
  });
  return {
    send: (price: string) => mutate({ price, ...(isTooLarge && { force: true }) }),
    isPending,
    /** The errors that belong to no field. */
    refusal: error ? sortProblem(toProblem(error), ['price']).rest : undefined,
    isTooLarge,
    /** Resets the proposal state after another price was typed. */
    forget: () => setIsTooLarge(false),
  };
}

function FarWarning({ category }: Pick<MarketAsset, 'category'>) {
  return (
    <p role="status" className="flex items-start gap-2 rounded-md bg-warn-soft p-2 text-sm text-warn">
      <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
      This is far from the current {priceWord(category)}.{' '}
      {category === 'currency'
        ? 'Conversions execute at it at once.'
        : 'Open orders that it triggers are filled at once.'}
    </p>
  );
}
