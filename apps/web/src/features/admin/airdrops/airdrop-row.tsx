import type { ShownAirdrop } from '../../../api/admin/airdrops.ts';
import { exportAirdrop } from '../../../api/admin/airdrops.ts';
import { Money, Quantity } from '../../../ui/amounts.tsx';
import { Badge } from '../../../ui/badge.tsx';
import { SaveCsv } from '../../../ui/save-csv.tsx';
import { Time } from '../../../ui/time.tsx';
import {
  AIRDROP_STATUS_NAMES,
  AIRDROP_STATUS_TONES,
  progressSentence,
  usersInWords,
} from './airdrop-words.ts';
import { SteerAirdrop } from './steer-airdrop.tsx';

interface AirdropRowProps {
  readonly airdrop: ShownAirdrop;
  readonly isOwn: boolean;
  readonly isAdmin: boolean;
  /** Whether rows moved a moment ago, so that a click may be meant for another airdrop. */
  readonly isSettling: boolean;
}

/** An airdrop: who gets what, how far the job is, and what can be done with it. */
export function AirdropRow({ airdrop, isOwn, isAdmin, isSettling }: AirdropRowProps) {
  const { airdrop_id, asset_id, recipients, total_quantity, total_value, status, reason } = airdrop;
  const isProposed = status === 'proposed';
  return (
    <li data-row={airdrop_id} className="grid gap-2 p-4 text-sm">
      <div className="flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <p className="font-medium">
          <Quantity value={total_quantity} unit={asset_id} /> to {usersInWords(recipients)}
        </p>
        <Badge tone={AIRDROP_STATUS_TONES[status]}>{AIRDROP_STATUS_NAMES[status]}</Badge>
      </div>
      <p className="wrap-anywhere text-muted">{reason}</p>
      {!isProposed && <Progress airdrop={airdrop} />}
      <p className="wrap-anywhere text-faint">
        Created by {isOwn ? 'you' : airdrop.created_by}, <Time value={airdrop.created_at} />, worth{' '}
        <Money value={total_value} /> then.
        {airdrop.approved_by !== null && ` Approved by ${airdrop.approved_by}.`}
        {isProposed && airdrop.expires_at !== null && (
          <>
            {' '}
            Expires <Time value={airdrop.expires_at} />.{isOwn && ' Another administrator has to approve it.'}
          </>
        )}
      </p>
      <div className="flex flex-wrap gap-2">
        {isAdmin && <SteerAirdrop airdrop={airdrop} isOwn={isOwn} isSettling={isSettling} />}
        <SaveCsv subject="The report" load={async () => exportAirdrop(airdrop_id)} />
      </div>
    </li>
  );
}

/** Browsers draw a progress bar in a colour of their own, which does not follow the theme. */
const BAR =
  'h-1.5 w-full appearance-none overflow-hidden rounded bg-sunken [&::-webkit-progress-bar]:bg-sunken [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent';

function Progress({ airdrop }: { readonly airdrop: ShownAirdrop }) {
  return (
    <div className="grid gap-1">
      <progress
        aria-label="Recipients done"
        value={airdrop.handled}
        max={airdrop.recipients}
        className={BAR}
      />
      <p className="text-muted">{progressSentence(airdrop)}</p>
    </div>
  );
}
