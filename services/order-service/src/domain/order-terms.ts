import { decimal, fractionDigits } from '@cnop/common/core/money';
import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { OrderCreate, OrderType } from '@cnop/common/entities/order/order';
import { ValidationError } from '@cnop/exception/errors';
import type { FieldError } from '@cnop/exception/problem-error';
import { AssetNotTradableError, OrderRefusedError } from './order-errors.ts';

export type Side = 'buy' | 'sell';

const SIDE_OF: Readonly<Record<OrderType, Side>> = {
  market_buy: 'buy',
  market_sell: 'sell',
  limit_buy: 'buy',
  limit_sell: 'sell',
};

/** A market order that fits its asset. */
export interface MarketOrderTerms {
  readonly orderType: OrderType;
  readonly side: Side;
  readonly assetId: string;
  readonly quantity: string;
  /** USD per unit at which the order executes. */
  readonly price: string;
  readonly description: string | null;
}

/**
 * Holds a request against the asset it is for.
 * @throws ValidationError (422) that lists every field which does not fit
 * @throws AssetNotTradableError (422 BUS_003), OrderRefusedError (422 BUS_002)
 */
export function marketOrderTerms(request: OrderCreate, asset: Asset | undefined): MarketOrderTerms {
  if (!asset || asset.status !== 'active') throw new AssetNotTradableError(request.asset_id);
  const { order_type: orderType, quantity, price } = request;
  if (orderType !== 'market_buy' && orderType !== 'market_sell') {
    throw new OrderRefusedError(
      'Conditional orders are not offered yet: send a market_buy or a market_sell.',
    );
  }
  const errors: FieldError[] = [];
  if (price !== null && price !== undefined) {
    errors.push(
      fieldError(
        'price',
        'A market order takes the price of the moment: leave the price out.',
        'not_allowed',
      ),
    );
  }
  if (fractionDigits(decimal(quantity)) > asset.quantity_scale) {
    errors.push(fieldError('quantity', `At most ${asset.quantity_scale} fraction digits.`, 'too_precise'));
  }
  if (errors.length > 0) throw new ValidationError(errors);
  return {
    orderType,
    side: SIDE_OF[orderType],
    assetId: asset.asset_id,
    quantity,
    price: asset.current_price,
    description: request.description ?? null,
  };
}

function fieldError(field: string, message: string, code: string): FieldError {
  return { field, pointer: `/${field}`, message, code };
}
