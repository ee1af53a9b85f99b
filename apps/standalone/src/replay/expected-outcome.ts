import type { OrderCreate } from '@cnop/common/entities/order/order';
import type { TrackPoint } from '@cnop/inventory-service/domain/price-track';
import type { PlannedOrder } from './planned-orders.ts';

/** What became, or must become, of an order. */
export type Outcome =
  | { readonly status: 'completed'; readonly at: string; readonly price: string }
  | { readonly status: 'expired' }
  | { readonly status: 'queued' };

/** Prices are compared as whole numbers of this many digits behind the point. */
const DIGITS = 18;
const WHOLE_HUNDREDTHS_OF_PERCENT = 10_000n;

/**
 * What must become of an order, found by walking the whole track with plain whole-number arithmetic. It shares nothing
 * with the order service but the words: no decimals, no index, no engine.
 */
export function expectedOutcome(track: readonly TrackPoint[], { point, request }: PlannedOrder): Outcome {
  let peak = 0n;
  for (let i = point; i < track.length; i++) {
    const now = track[i];
    if (!now) break;
    const price = scaled(now.mid);
    const isOver = request.expires_at && Date.parse(request.expires_at) <= now.atMilliseconds;
    if (isOver) return { status: 'expired' };
    if (price > peak) peak = price;
    // Only a limit may fire at the very price that it arrives at; the others were checked to wait for another one.
    const mayFire = i > point || request.order_type === 'limit_buy' || request.order_type === 'limit_sell';
    if (mayFire && fires(request, price, peak)) {
      return { status: 'completed', at: new Date(now.atMilliseconds).toISOString(), price: now.mid };
    }
  }
  return { status: 'queued' };
}

function fires(request: OrderCreate, price: bigint, peak: bigint): boolean {
  switch (request.order_type) {
    case 'limit_buy':
      return price <= scaled(request.price);
    case 'limit_sell':
      return price >= scaled(request.price);
    case 'stop_loss':
      return price <= scaled(request.stop_price);
    case 'take_profit':
      return price >= scaled(request.stop_price);
    case 'trailing_stop': {
      if (request.trail_amount) return price <= peak - scaled(request.trail_amount);
      const trail = scaled(request.trail_percent) / 10n ** BigInt(DIGITS - 2);
      return price * WHOLE_HUNDREDTHS_OF_PERCENT <= peak * (WHOLE_HUNDREDTHS_OF_PERCENT - trail);
    }
    default:
      throw new Error(`a ${request.order_type} does not wait`);
  }
}

function scaled(text: string | null | undefined): bigint {
  const [whole = '0', fraction = ''] = (text ?? '').split('.');
  return BigInt(whole + fraction.padEnd(DIGITS, '0'));
}
