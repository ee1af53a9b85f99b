import type { AssetId } from '@cnop/common/core/brands';
import { decimal, formatDecimal } from '@cnop/common/core/money';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight } from 'lucide-react';
import { holdingQuery } from '../../api/account/portfolio.ts';
import type {
  StakeChange,
  StakedAsset,
  StakeKind,
  StakePreview,
  StakeReceipt,
} from '../../api/account/staking.ts';
import { Quantity } from '../../ui/amounts.tsx';
import { Button } from '../../ui/button.tsx';
import { DecimalField } from '../../ui/field.tsx';
import { Fact } from '../../ui/figures.tsx';
import { OutcomeNotice } from '../../ui/outcome-notice.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import { Time } from '../../ui/time.tsx';
import { ConfirmStake } from './confirm-stake.tsx';
import { coolDownText, dayText, rateText } from './stake-words.ts';
import { useStakeChange } from './use-stake-change.ts';

const KINDS: readonly { readonly value: StakeKind; readonly label: string }[] = [
  { value: 'stake', label: 'Stake' },
  { value: 'unstake', label: 'Unstake' },
];

interface StakeFormProps {
  readonly stakes: readonly StakedAsset[];
  /** The asset to begin with. */
  readonly first: AssetId;
}

/** The form that stakes units and takes them out: what it does is shown before it is confirmed. */
export function StakeForm({ stakes, first }: StakeFormProps) {
  const form = useStakeChange(first);
  const { typed, errors, outcome, preview, asked } = form;
  const isSending = outcome.kind === 'sending';
  return (
    <section aria-labelledby="stake-title" className="card p-4">
      <h2 id="stake-title" className="sr-only">
        Change a stake
      </h2>
      <form noValidate onSubmit={form.submit} className="grid grid-cols-1 gap-3">
        <Segmented<StakeKind>
          label="What to do"
          options={KINDS}
          value={typed.kind}
          onChange={(kind) => form.change({ kind })}
        />
        <Select<AssetId>
          label="Asset"
          options={stakes.map(({ asset_id }) => ({ value: asset_id, label: asset_id }))}
          value={typed.asset_id}
          onChange={(asset_id) => form.change({ asset_id })}
        />
        <DecimalField
          id="stake-quantity"
          label="Quantity"
          unit={typed.asset_id}
          value={typed.quantity}
          error={errors.quantity}
          onChange={(quantity) => form.change({ quantity })}
          hint={<Limit typed={typed} stakes={stakes} />}
        />
        <Terms kind={typed.kind} preview={preview} />
        <Button type="submit" tone="primary" size="large" isBusy={isSending}>
          {outcome.kind === 'unknown' ? 'Send again…' : typed.kind === 'stake' ? 'Stake…' : 'Unstake…'}
        </Button>
        <OutcomeNotice outcome={outcome} formError={errors.form}>
          {(request, receipt) => <Done request={request} receipt={receipt} />}
        </OutcomeNotice>
      </form>
      {asked && (
        <ConfirmStake
          change={asked}
          preview={preview}
          isBusy={isSending}
          onConfirm={() => void form.confirm()}
          onClose={form.cancel}
        />
      )}
    </section>
  );
}

interface LimitProps extends Pick<StakeFormProps, 'stakes'> {
  readonly typed: StakeChange;
}

/** The most units that can be staked or taken out. */
function Limit({ typed: { kind, asset_id }, stakes }: LimitProps) {
  const { data: holding } = useQuery(holdingQuery(asset_id));
  if (kind === 'unstake') {
    const stake = stakes.find((each) => each.asset_id === asset_id);
    return (
      <>
        <Quantity value={stake?.staked_quantity ?? '0'} /> staked.
      </>
    );
  }
  const available =
    holding === null ? '0' : holding && formatDecimal(decimal(holding.quantity).minus(holding.held_quantity));
  return (
    <>
      <Quantity value={available} /> available.
    </>
  );
}

interface TermsProps {
  readonly kind: StakeKind;
  /** `undefined` before a quantity is typed. */
  readonly preview: StakePreview | undefined;
}

/** What a change does to the units, as the server foresees it. */
function Terms({ kind, preview }: TermsProps) {
  return (
    <div className="grid min-h-33 content-start border-t border-line pt-3 text-sm">
      {preview ? (
        <dl className="grid gap-1.5">
          <Fact label="Staked">
            <Change {...preview.staked} />
          </Fact>
          <Fact label="Available">
            <Change {...preview.available} />
          </Fact>
          {kind === 'stake' && (
            <>
              <Fact label="Rate">{rateText(preview.rate_percent)}</Fact>
              {preview.earns_from !== null && <Fact label="Earns from">{dayText(preview.earns_from)}</Fact>}
            </>
          )}
          <Fact label="Cool-down">{coolDownText(preview.cooldown_days ?? 0)}</Fact>
          {preview.release_at !== null && (
            <Fact label="Available again">
              <Time value={preview.release_at} />
            </Fact>
          )}
        </dl>
      ) : (
        <p className="text-faint">
          {kind === 'stake'
            ? 'Staked units earn units of the same asset for each whole day (UTC). They cannot be sold or sent.'
            : 'Units taken out cool down before they are available, and earn nothing from that day on.'}
        </p>
      )}
    </div>
  );
}

function Change({ before, after }: StakePreview['staked']) {
  return (
    <>
      <Quantity value={before} className="text-muted" />
      <ArrowRight role="img" aria-label="becomes" className="mx-1 inline size-3 text-faint" />
      <Quantity value={after} />
    </>
  );
}

interface DoneProps {
  readonly request: StakeChange;
  readonly receipt: StakeReceipt;
}

function Done({ request: { quantity, asset_id }, receipt: { earns_from, release_at } }: DoneProps) {
  return (
    <>
      <Quantity value={quantity} unit={asset_id} />{' '}
      {earns_from !== null && `staked, earning from ${dayText(earns_from)}.`}
      {release_at !== null && (
        <>
          unstaked, available from <Time value={release_at} />.
        </>
      )}
    </>
  );
}
