import { useMutation, useQueryClient } from '@tanstack/react-query';
import { CircleDollarSign, Pause, Play } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Switch } from '../../../api/admin/assets.ts';
import { switchTrading } from '../../../api/admin/assets.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { MarketAsset } from '../../../api/market.ts';
import { assetsQuery } from '../../../api/market.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { Button, IconButton } from '../../../ui/button.tsx';
import { Dialog } from '../../../ui/dialog.tsx';
import { notify } from '../../../ui/notices.ts';
import { priceWord, SWITCH_MEANINGS } from './asset-words.ts';
import { SetPrice } from './set-price.tsx';

interface AssetActionsProps {
  readonly asset: MarketAsset;
  /** Icons for the row of a list, buttons with text beside a title. */
  readonly look: 'icons' | 'buttons';
}

/** The actions on an asset besides editing: set its price, activate and deactivate it. */
export function AssetActions({ asset, look }: AssetActionsProps) {
  const [asking, setAsking] = useState<'price' | 'switch'>();
  // The value when the dialog was opened: the asset changes before the dialog is closed.
  const [to, setTo] = useState<Switch>('activate');
  const priceInput = useRef<HTMLInputElement>(null);
  const { asset_id, category, status } = asset;
  const price = priceWord(category);
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
          <IconButton label={`Set the ${price} of ${asset_id}`} onClick={() => setAsking('price')}>
            <CircleDollarSign aria-hidden="true" className="size-4" />
          </IconButton>
          <IconButton label={`${verb} ${asset_id}`} disabled={status === 'delisted'} onClick={askToSwitch}>
            <Icon aria-hidden="true" className="size-4" />
          </IconButton>
        </span>
      ) : (
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setAsking('price')}>
            <CircleDollarSign aria-hidden="true" className="size-4" /> Set {price}
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
        title={`Set the ${price} of ${asset.name}`}
        focusOn={priceInput}
      >
        <SetPrice asset={asset} inputRef={priceInput} onDone={close} />
      </Dialog>
      <SwitchTrading asset={asset} to={to} isOpen={asking === 'switch'} onClose={close} />
    </>
  );
}

interface SwitchTradingProps {
  readonly asset: MarketAsset;
  readonly to: Switch;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks for confirmation before an asset is activated or deactivated, and says what that does to orders. */
function SwitchTrading({ asset, to, isOpen, onClose }: SwitchTradingProps) {
  const queryClient = useQueryClient();
  const { asset_id, name } = asset;
  const { mutate, isPending } = useMutation({
    mutationFn: () => switchTrading(asset_id, to),
    onSuccess: async () => {
      onClose();
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
      notify({
        tone: 'success',
        title: `${name} is ${to === 'activate' ? 'open' : 'closed'} for trading now`,
      });
    },
    onError: (error) => {
      onClose();
      notify({ tone: 'failure', title: `${name} was not changed`, description: toProblem(error).message });
    },
  });
  const isDeactivation = to === 'deactivate';
  return (
    <AlertDialog
      isOpen={isOpen}
      onClose={onClose}
      onConfirm={() => mutate()}
      title={isDeactivation ? `Deactivate ${name}?` : `Activate ${name}?`}
      confirmLabel={isDeactivation ? `Deactivate ${asset_id}` : `Activate ${asset_id}`}
      cancelLabel={isDeactivation ? 'Keep it active' : 'Keep as is'}
      tone={isDeactivation ? 'danger' : 'primary'}
      focusOn="cancel"
      isBusy={isPending}
    >
      {SWITCH_MEANINGS[asset.category === 'currency' ? 'currency' : 'asset'][to]}
    </AlertDialog>
  );
}
