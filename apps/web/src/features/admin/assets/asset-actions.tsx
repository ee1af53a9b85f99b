import { CircleDollarSign, Pause, Play } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Switch } from '../../../api/admin/switch-trading.ts';
import type { MarketAsset } from '../../../api/market/assets.ts';
import { Button } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { SetPrice } from './set-price.tsx';
import { SwitchTrading } from './switch-trading.tsx';

export interface AssetActionsProps {
  readonly asset: MarketAsset;
  /** Icons for the row of a list, buttons with words beside a title. */
  readonly look: 'icons' | 'buttons';
}

/** What can be done with an asset without editing it: set its price, open and close it for trading. */
export function AssetActions({ asset, look }: AssetActionsProps) {
  const [asking, setAsking] = useState<'price' | 'switch'>();
  // As it was when the question was asked: while its dialog closes, the asset has changed already.
  const [to, setTo] = useState<Switch>('activate');
  const priceInput = useRef<HTMLInputElement>(null);
  const { asset_id, status } = asset;
  const isActive = status === 'active';
  const verb = isActive ? 'Deactivate' : 'Activate';
  const Icon = isActive ? Pause : Play;
  const askToSwitch = (): void => {
    setTo(isActive ? 'deactivate' : 'activate');
    setAsking('switch');
  };
  const close = (): void => setAsking(undefined);
  return (
    <>
      {look === 'icons' ? (
        <span className="inline-flex">
          <IconButton label={`Set the price of ${asset_id}`} onClick={() => setAsking('price')}>
            <CircleDollarSign aria-hidden="true" className="size-4" />
          </IconButton>
          <IconButton label={`${verb} ${asset_id}`} disabled={status === 'delisted'} onClick={askToSwitch}>
            <Icon aria-hidden="true" className="size-4" />
          </IconButton>
        </span>
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setAsking('price')}>
            <CircleDollarSign aria-hidden="true" className="size-4" /> Set price
          </Button>
          {status !== 'delisted' && (
            <Button tone={isActive ? 'danger' : 'secondary'} onClick={askToSwitch}>
              <Icon aria-hidden="true" className="size-4" /> {verb}
            </Button>
          )}
        </div>
      )}
      <Dialog
        isOpen={asking === 'price'}
        onClose={close}
        title={`Set the price of ${asset.name}`}
        focusOn={priceInput}
      >
        <SetPrice asset={asset} inputRef={priceInput} onDone={close} />
      </Dialog>
      <SwitchTrading asset={asset} to={to} isOpen={asking === 'switch'} onClose={close} />
    </>
  );
}
