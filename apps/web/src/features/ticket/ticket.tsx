import { mayPlace } from '@cnop/common/trading/permissions';
import { Link, useRouterState } from '@tanstack/react-router';
import type { SubmitEvent } from 'react';
import { useRef } from 'react';
import type { MarketAsset } from '../../api/market.ts';
import { Money, Quantity } from '../../ui/amounts.tsx';
import { Button, buttonClass } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/states.tsx';
import { useShortcut } from '../../ui/use-shortcut.ts';
import { keepsReserve, withEntry, withShare } from './amount-share.ts';
import { ConfirmOrder } from './confirm-order.tsx';
import { KIND_NAMES, orderSentence } from './order-sentences.ts';
import {
  AmountField,
  ConditionFields,
  KindChoice,
  ShareButtons,
  SideChoice,
  ValidityField,
} from './ticket-fields.tsx';
import { TicketNotice } from './ticket-notice.tsx';
import type { Side } from './ticket-state.ts';
import { withSide } from './ticket-state.ts';
import { TicketSummary, TicketWarnings } from './ticket-summary.tsx';
import { useAvailable, useTicket } from './use-ticket.ts';

/** The ticket that places orders, with all figures before they are placed. */
export function Ticket({ asset }: { readonly asset: MarketAsset }) {
  const ticket = useTicket(asset);
  const { facts, state, reading, preview, errors, warnings, change } = ticket;
  const available = useAvailable(facts.assetId, ticket.isSignedIn);
  const amountInput = useRef<HTMLInputElement>(null);

  const chooseSide = (side: Side): void => {
    change(withSide(state, side));
    amountInput.current?.focus();
  };
  useShortcut('b', () => chooseSide('buy'));
  useShortcut('s', () => chooseSide('sell'));

  const submit = (event: SubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    void ticket.submit();
  };

  if (ticket.isStaff) return <NoTicketForStaff />;
  return (
    <section aria-labelledby="ticket-title" className="card p-4">
      <h2 id="ticket-title" className="sr-only">
        Place an order
      </h2>
      <form noValidate onSubmit={submit} className="grid grid-cols-1 gap-3">
        <SideChoice side={state.side} onChange={(side) => change(withSide(state, side))} />
        <KindChoice state={state} onChange={(kind) => change({ ...state, kind })} />
        <ConditionFields state={state} facts={facts} errors={errors} onChange={change} />
        <AmountField
          state={state}
          facts={facts}
          errors={errors}
          onChange={change}
          onEntry={(entry) => change(withEntry(state, entry, facts))}
          inputRef={amountInput}
        />
        <ShareButtons
          side={state.side}
          available={available}
          onShare={(share) => available && change(withShare(state, share, { facts, available }))}
        />
        {available && (
          <p className="flex justify-between gap-2 text-sm text-muted">
            Available
            {state.side === 'buy' ? (
              <Money value={available.cash} />
            ) : (
              <Quantity value={available.units} unit={facts.assetId} />
            )}
          </p>
        )}
        {available && keepsReserve(state, { facts, available }) && (
          <p className="text-sm text-faint">0.5 % of your cash is kept back, since the price may rise.</p>
        )}
        <ValidityField state={state} onChange={change} />
        <TicketSummary
          state={state}
          assetId={facts.assetId}
          priceScale={facts.priceScale}
          marketPrice={state.side === 'buy' ? facts.ask : facts.bid}
          estimate={reading.estimate}
          preview={preview}
        />
        <TicketWarnings messages={warnings} />
        <TicketButton ticket={ticket} asset={asset} />
      </form>
      <Confirmation ticket={ticket} />
    </section>
  );
}

/** Staff accounts cannot trade. */
function NoTicketForStaff() {
  return (
    <section aria-label="Place an order" className="card">
      <EmptyState title="Staff accounts cannot trade">Sign in with a customer account to trade.</EmptyState>
    </section>
  );
}

interface TicketPartProps {
  readonly ticket: ReturnType<typeof useTicket>;
}

function Confirmation({ ticket }: TicketPartProps) {
  const { facts, state, reading, preview, warnings, placement } = ticket;
  const counted = preview?.estimate ?? reading.estimate;
  return (
    <ConfirmOrder
      isOpen={ticket.isConfirming}
      side={state.side}
      sentence={orderSentence(state, { quantity: reading.estimate?.quantity ?? '0', facts })}
      cash={counted?.cash}
      fees={counted?.fees}
      warnings={warnings}
      isBusy={placement.kind === 'sending'}
      onConfirm={() => void ticket.confirm()}
      onClose={ticket.goBack}
    />
  );
}

interface TicketButtonProps extends TicketPartProps {
  readonly asset: MarketAsset;
}

/** The button to place an order or to sign in, and the outcome of the last order. */
function TicketButton({ ticket, asset }: TicketButtonProps) {
  const { state, placement, errors } = ticket;
  const here = useRouterState({ select: ({ location }) => location.href });
  const isOpen = mayPlace(asset.status, state.side);
  const verb = state.side === 'buy' ? 'Buy' : 'Sell';
  const kind = state.kind === 'market' ? '' : ` · ${KIND_NAMES[state.kind].toLowerCase()}`;
  const isSessionOver = placement.kind === 'session-over';
  return (
    <>
      {!isOpen && (
        <p className="rounded-md bg-warn-soft p-2 text-sm text-warn">
          {asset.name}{' '}
          {asset.status === 'close_only' ? 'can only be sold now.' : 'is not open for trading now.'}
        </p>
      )}
      {ticket.isSignedIn || isSessionOver ? (
        <Button
          type="submit"
          tone={state.side}
          size="large"
          isBusy={placement.kind === 'sending'}
          disabled={!isOpen}
        >
          {placement.kind === 'unknown' ? 'Send again' : `${verb} ${asset.symbol}${kind}`}
        </Button>
      ) : (
        <Link
          to="/sign-in"
          search={{ redirect: here }}
          className={buttonClass({ tone: 'primary', size: 'large' })}
        >
          Sign in to trade
        </Link>
      )}
      <TicketNotice
        placement={placement}
        formError={errors.form}
        priceScale={asset.price_scale}
        here={here}
      />
    </>
  );
}
