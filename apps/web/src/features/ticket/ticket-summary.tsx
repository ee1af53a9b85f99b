import type { AssetId } from '@cnop/common/core/brands';
import type { OrderPreview } from '@cnop/common/entities/order/order-preview';
import { Link } from '@tanstack/react-router';
import { ArrowRight, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Money, Price, Quantity } from '../../ui/amounts.tsx';
import type { Estimate } from './ticket-math.ts';
import type { TicketState } from './ticket-state.ts';

export interface TicketSummaryProps {
  readonly state: TicketState;
  readonly assetId: AssetId;
  readonly priceScale: number;
  readonly marketPrice: string;
  /** Computed in the browser. */
  readonly estimate: Estimate | undefined;
  /** Computed by the server, a moment later. */
  readonly preview: OrderPreview | undefined;
}

/** The cost or proceeds of an order, its hold, and the balance afterwards. */
export function TicketSummary({
  state,
  assetId,
  priceScale,
  marketPrice,
  estimate,
  preview,
}: TicketSummaryProps) {
  const { side, kind } = state;
  const isBuy = side === 'buy';
  const price = preview?.estimate?.price ?? estimate?.price ?? (kind === 'market' ? marketPrice : undefined);
  const total = preview?.estimate?.total_amount ?? estimate?.total;
  const fees = preview?.estimate?.fees ?? estimate?.fees;
  const cash = preview?.estimate?.cash ?? estimate?.cash;
  const isAccepted = preview !== undefined && preview.would_be !== 'refused';
  const isRefused = preview?.would_be === 'refused';
  const lacksCash = isBuy && isRefused && preview.reasons.some(({ code }) => code === 'BUS_001');
  return (
    <dl className="grid gap-1.5 border-t border-line pt-3 text-sm">
      <Line label={kind === 'market' ? 'Price now' : 'At'}>
        {/* The trigger of a trailing stop may have more digits than the price scale. */}
        <Price value={price} priceScale={priceScale} />
      </Line>
      {state.entry === 'value' && (
        <Line label="Amount">
          <Quantity value={preview?.quantity ?? estimate?.quantity} unit={assetId} />
        </Line>
      )}
      <Line label="Total">
        <Money value={total} />
      </Line>
      <Line label="Fee">
        <Money value={fees} />
      </Line>
      <Line label={cashLabel(side, isRefused)} isStrong>
        <Money value={cash} />
      </Line>
      {preview?.hold && (
        <Line label="Held until it fills">
          {preview.hold.unit === 'USD' ? (
            <Money value={preview.hold.amount} />
          ) : (
            <Quantity value={preview.hold.amount} unit={preview.hold.unit} />
          )}
        </Line>
      )}
      {isAccepted && <Changes preview={preview} assetId={assetId} />}
      {lacksCash && (
        <Line label="Not enough cash">
          <Link to="/cash" className="font-medium text-accent hover:underline">
            Deposit cash
          </Link>
        </Line>
      )}
    </dl>
  );
}

/** A refused order moves no cash, so its cost is only what it would be. */
function cashLabel(side: TicketState['side'], isRefused: boolean): string {
  if (isRefused) return side === 'buy' ? 'Would cost' : 'Would bring';
  return side === 'buy' ? 'You pay' : 'You get';
}

/** Available cash and units before and after the order. */
function Changes({ preview, assetId }: { readonly preview: OrderPreview; readonly assetId: AssetId }) {
  const { balance, holding } = preview;
  return (
    <>
      {balance.before.available !== balance.after.available && (
        <Line label="Available cash">
          <Money value={balance.before.available} className="text-muted" />
          <Becomes />
          <Money value={balance.after.available} />
        </Line>
      )}
      {holding && holding.before.available !== holding.after.available && (
        <Line label={`Available ${assetId}`}>
          <Quantity value={holding.before.available} className="text-muted" />
          <Becomes />
          <Quantity value={holding.after.available} />
        </Line>
      )}
    </>
  );
}

function Becomes() {
  return <ArrowRight role="img" aria-label="becomes" className="mx-1 inline size-3 text-faint" />;
}

interface LineProps {
  readonly label: string;
  readonly isStrong?: boolean;
  readonly children: ReactNode;
}

function Line({ label, isStrong = false, children }: LineProps) {
  return (
    <div className="flex items-baseline justify-between gap-3">
      <dt className="text-muted">{label}</dt>
      <dd className={isStrong ? 'text-end text-base font-semibold' : 'text-end'}>{children}</dd>
    </div>
  );
}

/** Warnings about a valid order that may be a mistake. */
export function TicketWarnings({ messages }: { readonly messages: readonly string[] }) {
  return (
    <div role="status" className="grid gap-1 empty:hidden">
      {messages.map((message) => (
        <p key={message} className="flex items-start gap-2 rounded-md bg-warn-soft p-2 text-sm text-warn">
          <TriangleAlert aria-hidden="true" className="mt-0.5 size-3.5 shrink-0" />
          <span className="min-w-0 wrap-anywhere">{message}</span>
        </p>
      ))}
    </div>
  );
}
