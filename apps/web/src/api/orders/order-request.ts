import type { OrderType } from '@cnop/common/entities/order/order';

/** An order as it is sent, for a preview or for real. */
export interface OrderRequest {
  readonly asset_id: string;
  readonly order_type: OrderType;
  readonly quantity: string;
  readonly price?: string;
  readonly stop_price?: string;
  readonly price_bound?: string;
  readonly trail_amount?: string;
  readonly trail_percent?: string;
  readonly expires_at?: string;
  readonly client_order_id?: string;
}
