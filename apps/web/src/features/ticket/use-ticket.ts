import type { AssetId } from '@cnop/common/core/brands';
import { formatDecimal } from '@cnop/common/core/money';
import { availableUnits } from '@cnop/common/trading/holds';
import { mayTrade } from '@cnop/common/trading/permissions';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { balanceQuery } from '../../api/account/cash.ts';
import { holdingQuery } from '../../api/account/portfolio.ts';
import { profileQuery } from '../../api/account/profile.ts';
import type { MarketAsset } from '../../api/market.ts';
import { formatTime } from '../../format/times.ts';
import type { LiveState } from '../../live/live-status.ts';
import { useLiveState } from '../../live/live-status.ts';
import { useAssetPrice } from '../../live/use-asset-price.ts';
import { useSession } from '../../session/access-token.ts';
import type { Available } from './amount-share.ts';
import type { TicketErrors } from './refusals.ts';
import { errorsOfProblem, errorsOfReasons } from './refusals.ts';
import type { TicketFacts, TicketReading } from './ticket-math.ts';
import { readTicket } from './ticket-math.ts';
import type { TicketField, TicketState } from './ticket-state.ts';
import { EMPTY_TICKET, withoutAmount } from './ticket-state.ts';
import { useOrderPreview } from './use-order-preview.ts';
import type { Placement } from './use-place-order.ts';
import { usePlaceOrder } from './use-place-order.ts';

/** In the order of the screen: the first field with an error gets the focus. */
const FIELDS: readonly TicketField[] = ['limit', 'stop', 'trail', 'amount'];

/** Holds the state of a ticket. */
export function useTicket(asset: MarketAsset) {
  const isSignedIn = useSession() === 'signed-in';
  const { data: profile } = useQuery({ ...profileQuery(), enabled: isSignedIn });
  const isStaff = profile !== undefined && !mayTrade(profile.role);
  const { bid, ask } = useAssetPrice(asset);
  const {
    asset_id: assetId,
    quantity_scale: quantityScale,
    price_scale: priceScale,
    fee_bps: feeBps,
  } = asset;
  const facts: TicketFacts = { assetId, quantityScale, priceScale, feeBps, bid, ask };
  const [state, setState] = useTicketDraft(assetId);
  const [wasSubmitted, setWasSubmitted] = useState(false);
  const [isConfirming, setIsConfirming] = useState(false);
  const reading = readTicket(state, facts);
  const { preview, isCurrent } = useOrderPreview({ assetId, state, request: reading.request, isSignedIn });
  const { placement, place, reset } = usePlaceOrder();
  const live = useLiveState();

  const refusals = isCurrent && preview ? errorsOfReasons(preview.reasons, state) : {};
  const errors = allErrors({ state, reading, refusals, placement, wasSubmitted });
  const warnings = [
    ...(preview?.warnings.map(({ message }) => message) ?? []),
    ...(state.kind === 'market' ? staleWarnings(live) : []),
  ];

  // An order that the server would refuse is not worth a confirmation.
  const isReady =
    reading.request !== undefined && refusals.form === undefined && placement.kind !== 'sending';

  const change = (next: TicketState): void => {
    setState(next);
    if (placement.kind !== 'idle' && placement.kind !== 'sending') reset();
  };

  const send = async (): Promise<void> => {
    if (!reading.request) return;
    const outcome = await place({ ticket: state, request: reading.request });
    if (outcome.kind !== 'placed') return;
    setWasSubmitted(false);
    setState(withoutAmount(state));
  };

  return {
    isSignedIn,
    isStaff,
    facts,
    state,
    reading,
    preview,
    errors,
    warnings,
    placement,
    isConfirming,
    change,
    /** Opens the confirmation, focuses the first error, or sends an order of unknown outcome again. */
    async submit(): Promise<void> {
      // The order was confirmed before, and the balance may already be lower.
      if (placement.kind === 'unknown') return send();
      setWasSubmitted(true);
      const wrong = FIELDS.find((field) => errors[field] !== undefined || reading.missing.includes(field));
      if (wrong) document.getElementById(`ticket-${wrong}`)?.focus();
      else if (isReady) setIsConfirming(true);
    },
    async confirm(): Promise<void> {
      setIsConfirming(false);
      await send();
    },
    goBack: () => setIsConfirming(false),
  };
}

interface ErrorSources {
  readonly state: TicketState;
  readonly reading: TicketReading;
  readonly refusals: TicketErrors;
  readonly placement: Placement;
  readonly wasSubmitted: boolean;
}

/** Merges the errors of all sources; typed errors take precedence over those of the server. */
function allErrors({ state, reading, refusals, placement, wasSubmitted }: ErrorSources): TicketErrors {
  const refused = placement.kind === 'refused' ? errorsOfProblem(placement.problem, state) : {};
  const missing = wasSubmitted
    ? Object.fromEntries(reading.missing.map((field) => [field, 'Required.']))
    : {};
  return { ...refusals, ...refused, ...missing, ...reading.errors };
}

function staleWarnings(live: LiveState): string[] {
  if (live.kind !== 'stale') return [];
  const since = formatTime(new Date(live.sinceMilliseconds));
  return [`Prices are stale since ${since}. The order is filled at the current price, which may differ.`];
}

/** Unsent tickets by asset. They survive a sign-in and other pages, not a reload. */
const drafts = new Map<string, TicketState>();

/** Returns the ticket of an asset as it was left. */
function useTicketDraft(assetId: AssetId): readonly [TicketState, (state: TicketState) => void] {
  const [state, setState] = useState(() => drafts.get(assetId) ?? EMPTY_TICKET);
  const change = (next: TicketState): void => {
    drafts.set(assetId, next);
    setState(next);
  };
  return [state, change];
}

/** Returns the available cash and units; `undefined` until they are known. */
export function useAvailable(assetId: AssetId, isSignedIn: boolean): Available | undefined {
  const { data: balance } = useQuery({ ...balanceQuery(), enabled: isSignedIn });
  const { data: holding } = useQuery({ ...holdingQuery(assetId), enabled: isSignedIn });
  if (!isSignedIn || !balance || holding === undefined) return undefined;
  const units = formatDecimal(availableUnits(holding ?? undefined));
  return { cash: balance.available_balance, units };
}
