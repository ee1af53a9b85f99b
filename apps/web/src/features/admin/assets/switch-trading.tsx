import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { Switch } from '../../../api/admin/switch-trading.ts';
import { switchTrading } from '../../../api/admin/switch-trading.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import type { MarketAsset } from '../../../api/market/assets.ts';
import { assetsQuery } from '../../../api/market/assets.ts';
import { AlertDialog } from '../../../ui/alert-dialog.tsx';
import { notify } from '../../../ui/notices.ts';

export interface SwitchTradingProps {
  readonly asset: MarketAsset;
  readonly to: Switch;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

/** Asks before an asset is opened or closed for trading, and says what that does to orders. */
export function SwitchTrading({ asset, to, isOpen, onClose }: SwitchTradingProps) {
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
      cancelLabel={isDeactivation ? 'Keep it active' : 'Leave it as it is'}
      tone={isDeactivation ? 'danger' : 'primary'}
      focusOn="cancel"
      isBusy={isPending}
    >
      {isDeactivation
        ? 'No more orders on it are taken or executed. Open orders stay and can be cancelled; they can execute again once it is active.'
        : 'Everybody can place orders on it again, at the price of the moment.'}
    </AlertDialog>
  );
}
