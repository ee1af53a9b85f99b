import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { InsufficientBalanceError } from '@cnop/common/entities/user/balance-rules';
import type { Funds } from '@cnop/common/trading/end-order';
import { advance } from '@cnop/common/trading/order-states';
import type { ExecutedOrder } from './executed-order.ts';
import { executeOrder } from './executed-order.ts';
import { availableUnits } from './holding.ts';
import type { OrderContext } from './new-order.ts';
import { newOrder } from './new-order.ts';
import type { OrderTerms } from './order-terms.ts';
import { ALL_AVAILABLE, sellsAll } from './order-terms.ts';

/**
 * Executes an order in the commit that accepts it, at the price of the moment: a market order, or a limit order that the
 * market already meets.
 * @throws InsufficientBalanceError (422 BUS_001), OrderRefusedError (422 BUS_002)
 */
export function executeAtOnce(
  terms: OrderTerms,
  context: OrderContext,
  { funds, quote }: { readonly funds: Funds; readonly quote: Quote },
): ExecutedOrder {
  const quantity = quantityOf(terms, funds);
  const accepted = advance(
    newOrder(terms, context, { quantity, acceptedQuote: null }),
    'confirmed',
    context.at,
  );
  return executeOrder(accepted, context, { funds, quote, maySettleToNothing: sellsAll(terms) });
}

function quantityOf({ quantity, assetId }: OrderTerms, { holding }: Funds): string {
  if (quantity !== ALL_AVAILABLE) return formatDecimal(decimal(quantity));
  const available = availableUnits(holding);
  if (available.gt('0')) return formatDecimal(available);
  throw new InsufficientBalanceError(assetId, { available: '0', required: 'more than 0', field: 'quantity' });
}
