import type { AssetId } from '@cnop/common/core/brands';
import { decimal } from '@cnop/common/core/money';
import { walletCurrencySchema } from '@cnop/common/entities/currency';
import type { PriceProposal } from '@cnop/common/entities/inventory/price-proposal';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { profileQuery } from '../../../api/account/profile.ts';
import { approvePriceProposal, priceProposalsQuery, rejectPriceProposal } from '../../../api/admin/assets.ts';
import { toProblem } from '../../../api/http/api-problem.ts';
import { assetsQuery } from '../../../api/market.ts';
import { formatOwnPrice, percentChange } from '../../../format/numbers.ts';
import { Percent } from '../../../ui/amounts.tsx';
import { notify } from '../../../ui/notices.ts';
import { Time } from '../../../ui/time.tsx';
import { useSettlingRows } from '../../../ui/use-settling-rows.ts';
import type { Permissions } from '../permissions.ts';
import { ProposalButtons } from '../proposal-buttons.tsx';

export interface PriceProposalsProps {
  readonly permissions: Permissions;
  /** Shows only the proposal of this asset. */
  readonly assetId?: AssetId;
  /** Shows the proposals of currencies, in place of those of all other assets. */
  readonly kind?: 'assets' | 'currencies';
}

/** The prices that need the approval of a second administrator, with the actions that the user may take. */
export function PriceProposals({ permissions, assetId, kind = 'assets' }: PriceProposalsProps) {
  const { data: profile } = useQuery(profileQuery());
  const { data = [] } = useQuery({ ...priceProposalsQuery(), enabled: permissions.managesTrading });
  const shown = data.filter(
    ({ asset_id }) =>
      (assetId === undefined || asset_id === assetId) && isCurrency(asset_id) === (kind === 'currencies'),
  );
  const { isSettling, container } = useSettlingRows<HTMLUListElement>(
    shown.map(({ proposal_id }) => proposal_id),
  );
  if (shown.length === 0) return null;
  return (
    <section aria-labelledby="price-proposals-title" className="card p-4">
      <h2 id="price-proposals-title" className="mb-2 font-medium">
        {kind === 'currencies' ? 'Rates' : 'Prices'} to be approved by a second administrator
      </h2>
      <ul className="grid gap-3" aria-labelledby="price-proposals-title" {...container}>
        {shown.map((proposal) => (
          <Proposal
            key={proposal.proposal_id}
            proposal={proposal}
            isOwn={proposal.proposed_by === profile?.username}
            isAdmin={permissions.approvesPrices}
            isSettling={isSettling}
          />
        ))}
      </ul>
    </section>
  );
}

function isCurrency(assetId: AssetId): boolean {
  return walletCurrencySchema.safeParse(assetId).success;
}

interface ProposalProps {
  readonly proposal: PriceProposal;
  readonly isOwn: boolean;
  readonly isAdmin: boolean;
  /** Whether rows moved a moment ago, so that a click may be meant for another proposal. */
  readonly isSettling: boolean;
}

function Proposal({ proposal, isOwn, isAdmin, isSettling }: ProposalProps) {
  const { proposal_id, asset_id, price, price_before, proposed_by, expires_at } = proposal;
  const { decide, isBusy } = useDecision(proposal);
  return (
    <li data-row={proposal_id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="min-w-0 text-sm">
        <strong className="font-semibold">{asset_id}</strong>{' '}
        <span className="numeric">
          {formatOwnPrice(price_before)} → {formatOwnPrice(price)}
        </span>{' '}
        <Percent value={percentChange(price, decimal(price_before))} />
        <span className="block text-faint">
          Proposed by {isOwn ? 'you' : proposed_by}, expires <Time value={expires_at} />.
          {isOwn && ' A second administrator has to approve it.'}
        </span>
      </p>
      <ProposalButtons
        subject={`the price of ${asset_id}`}
        isOwn={isOwn}
        isAdmin={isAdmin}
        isBusy={isBusy}
        isSettling={isSettling}
        onDecide={decide}
      />
    </li>
  );
}

function useDecision({ asset_id, proposal_id, price }: PriceProposal) {
  const queryClient = useQueryClient();
  const { mutate, isPending } = useMutation({
    mutationFn: async (verb: 'approve' | 'reject') => {
      if (verb === 'approve') await approvePriceProposal(asset_id, proposal_id);
      else await rejectPriceProposal(asset_id, proposal_id);
    },
    onSuccess: (_, verb) =>
      notify({
        tone: 'success',
        title:
          verb === 'approve'
            ? `${asset_id} is at ${formatOwnPrice(price)}`
            : `The price of ${asset_id} stays`,
      }),
    onError: (error) =>
      notify({
        tone: 'failure',
        title: `The proposal for ${asset_id} was not decided`,
        description: toProblem(error).message,
      }),
    onSettled: async () => {
      await queryClient.invalidateQueries({ queryKey: priceProposalsQuery().queryKey });
      await queryClient.invalidateQueries({ queryKey: assetsQuery().queryKey });
    },
  });
  return { decide: mutate, isBusy: isPending };
}
