import { clsx } from 'clsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import type { Available, Share } from './amount-share.ts';
import { SHARES } from './amount-share.ts';
import { KIND_NAMES } from './order-words.ts';
import type { Side, TicketKind, TicketState } from './ticket-state.ts';
import { KINDS_OF } from './ticket-state.ts';

export function SideChoice({
  side,
  onChange,
}: {
  readonly side: Side;
  readonly onChange: (side: Side) => void;
}) {
  return (
    <Segmented
      label="Side"
      options={[
        { value: 'buy', label: 'Buy', chosenClass: 'bg-gain text-on-trade' },
        { value: 'sell', label: 'Sell', chosenClass: 'bg-loss text-on-trade' },
      ]}
      value={side}
      onChange={onChange}
    />
  );
}

export interface KindChoiceProps {
  readonly state: TicketState;
  readonly onChange: (kind: TicketKind) => void;
}

export function KindChoice({ state, onChange }: KindChoiceProps) {
  const options = KINDS_OF[state.side].map((kind) => ({ value: kind, label: KIND_NAMES[kind] }));
  return <Select label="Order type" options={options} value={state.kind} onChange={onChange} />;
}

export interface ShareButtonsProps {
  readonly side: Side;
  readonly available: Available | undefined;
  readonly onShare: (share: Share) => void;
}

/** Shares of what may be spent or sold. */
export function ShareButtons({ side, available, onShare }: ShareButtonsProps) {
  const what = side === 'buy' ? 'cash' : 'units';
  return (
    <div className="grid grid-cols-4 gap-1.5">
      {SHARES.map((share) => (
        <button
          key={share}
          type="button"
          disabled={!available}
          onClick={() => onShare(share)}
          aria-label={`${share} % of the available ${what}`}
          className={clsx(
            'h-7 rounded border border-line text-xs font-medium text-muted',
            'hover:border-line-strong hover:text-ink disabled:opacity-50',
          )}
        >
          {share}%
        </button>
      ))}
    </div>
  );
}
