import { clsx } from 'clsx';
import type { Ref } from 'react';
import { DecimalField } from '../../ui/field.tsx';
import { Segmented } from '../../ui/segmented.tsx';
import { Select } from '../../ui/select.tsx';
import type { Available, Share } from './amount-share.ts';
import { SHARES } from './amount-share.ts';
import { KIND_NAMES } from './order-sentences.ts';
import type { TicketErrors } from './refusals.ts';
import type { TicketFacts } from './ticket-math.ts';
import type { Side, TicketKind, TicketState, TrailBy, ValidDays } from './ticket-state.ts';
import { fieldsOf, KINDS_OF } from './ticket-state.ts';

const VALIDITY: readonly { readonly value: ValidDays; readonly label: string }[] = [
  { value: '1', label: '1 day' },
  { value: '7', label: '7 days' },
  { value: '30', label: '30 days' },
  { value: '90', label: '90 days' },
  { value: '365', label: '1 year' },
];

const TRAILS: readonly { readonly value: TrailBy; readonly label: string }[] = [
  { value: 'percent', label: '%' },
  { value: 'amount', label: 'USD' },
];

interface TicketFieldsProps {
  readonly state: TicketState;
  readonly facts: TicketFacts;
  readonly errors: TicketErrors;
  readonly onChange: (state: TicketState) => void;
}

/** The fields of an order type besides the amount. */
export function ConditionFields({ state, facts, errors, onChange }: TicketFieldsProps) {
  const fields = fieldsOf(state.kind);
  const market = state.side === 'buy' ? facts.ask : facts.bid;
  const atMarket = (field: 'limit' | 'stop') => (
    <button
      type="button"
      onClick={() => onChange({ ...state, [field]: market })}
      className="rounded text-sm text-accent hover:underline"
    >
      {state.side === 'buy' ? 'Use ask' : 'Use bid'}
    </button>
  );
  return (
    <>
      {fields.includes('limit') && (
        <DecimalField
          id="ticket-limit"
          label="Limit price"
          unit="USD"
          value={state.limit}
          onChange={(limit) => onChange({ ...state, limit })}
          error={errors.limit}
          aside={atMarket('limit')}
          placeholder={market}
        />
      )}
      {fields.includes('stop') && (
        <DecimalField
          id="ticket-stop"
          label={state.kind === 'stop_loss' ? 'Sell when the price falls to' : 'Sell when the price rises to'}
          unit="USD"
          value={state.stop}
          onChange={(stop) => onChange({ ...state, stop })}
          error={errors.stop}
          placeholder={market}
        />
      )}
      {fields.includes('trail') && (
        <DecimalField
          id="ticket-trail"
          label="Trail below the peak"
          unit={state.trailBy === 'percent' ? '%' : 'USD'}
          value={state.trail}
          onChange={(trail) => onChange({ ...state, trail })}
          error={errors.trail}
          aside={
            <Segmented
              label="Trail by"
              size="small"
              options={TRAILS}
              value={state.trailBy}
              onChange={(trailBy) => onChange({ ...state, trailBy, trail: '' })}
            />
          }
        />
      )}
      {fields.includes('bound') && (
        <DecimalField
          id="ticket-bound"
          label="Sell for no less than (optional)"
          unit="USD"
          value={state.bound}
          onChange={(bound) => onChange({ ...state, bound })}
          error={errors.bound}
          placeholder="Any price"
        />
      )}
    </>
  );
}

interface AmountFieldProps extends TicketFieldsProps {
  readonly onEntry: (entry: TicketState['entry']) => void;
  readonly inputRef: Ref<HTMLInputElement>;
}

export function AmountField({ state, facts, errors, onChange, onEntry, inputRef }: AmountFieldProps) {
  const { assetId } = facts;
  return (
    <DecimalField
      id="ticket-amount"
      inputRef={inputRef}
      label={
        state.entry === 'quantity' ? 'Amount' : state.side === 'buy' ? 'Spend, fees included' : 'Sell for'
      }
      unit={state.entry === 'quantity' ? assetId : 'USD'}
      value={state.amount}
      onChange={(amount) => onChange({ ...state, amount })}
      error={errors.amount}
      aside={
        <Segmented
          label="Amount in"
          size="small"
          options={[
            { value: 'quantity', label: assetId },
            { value: 'value', label: 'USD' },
          ]}
          value={state.entry}
          onChange={onEntry}
        />
      }
    />
  );
}

export function ValidityField({ state, onChange }: Pick<TicketFieldsProps, 'state' | 'onChange'>) {
  if (state.kind === 'market') return null;
  return (
    <Select
      label="Expires after"
      options={VALIDITY}
      value={state.validDays}
      onChange={(validDays) => onChange({ ...state, validDays })}
    />
  );
}

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

interface KindChoiceProps {
  readonly state: TicketState;
  readonly onChange: (kind: TicketKind) => void;
}

export function KindChoice({ state, onChange }: KindChoiceProps) {
  const options = KINDS_OF[state.side].map((kind) => ({ value: kind, label: KIND_NAMES[kind] }));
  return <Select label="Order type" options={options} value={state.kind} onChange={onChange} />;
}

interface ShareButtonsProps {
  readonly side: Side;
  readonly available: Available | undefined;
  readonly onShare: (share: Share) => void;
}

/** Buttons for shares of the available cash or units. */
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
