import type { StakeChange, StakePreview } from '../../api/account/staking.ts';
import { AlertDialog } from '../../ui/alert-dialog.tsx';
import { Quantity } from '../../ui/amounts.tsx';
import { Fact } from '../../ui/figures.tsx';
import { Time } from '../../ui/time.tsx';
import { coolDownText, dayText, rateText } from './stake-words.ts';

interface ConfirmStakeProps {
  readonly change: StakeChange;
  /** What the change would do now. */
  readonly preview: StakePreview | undefined;
  readonly isBusy: boolean;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks for confirmation of a stake with its terms, or of units taken out with the time of their release. */
export function ConfirmStake({ change, preview, isBusy, onConfirm, onClose }: ConfirmStakeProps) {
  const { kind, asset_id, quantity } = change;
  const isStake = kind === 'stake';
  return (
    <AlertDialog
      isOpen
      onClose={onClose}
      onConfirm={onConfirm}
      title={isStake ? `Stake ${asset_id}?` : `Unstake ${asset_id}?`}
      confirmLabel={isStake ? 'Stake' : 'Unstake'}
      cancelLabel="Back"
      tone="primary"
      focusOn="confirm"
      isBusy={isBusy}
    >
      <div className="grid gap-3">
        <p>
          {isStake
            ? 'Staked units cannot be sold or sent. Units that you take out again cool down first.'
            : 'These units earn nothing from today on.'}
        </p>
        <dl className="grid gap-1.5 text-sm">
          <Fact label="Quantity">
            <Quantity value={quantity} unit={asset_id} className="font-semibold text-ink" />
          </Fact>
          {isStake && (
            <>
              <Fact label="Rate">
                <span className="text-ink">{preview && rateText(preview.rate_percent)}</span>
              </Fact>
              <Fact label="Earns from">
                <span className="text-ink">{preview?.earns_from && dayText(preview.earns_from)}</span>
              </Fact>
              <Fact label="Cool-down">
                <span className="text-ink">{preview && coolDownText(preview.cooldown_days ?? 0)}</span>
              </Fact>
            </>
          )}
          {!isStake && (
            <Fact label="Available again">
              <span className="text-ink">
                <Time value={preview?.release_at} />
              </span>
            </Fact>
          )}
        </dl>
      </div>
    </AlertDialog>
  );
}
