import { z } from 'zod';

// What the demo reads of the platform's answers, and no more: a client should not break when an answer grows.

export const messageAnswer = z.object({ message: z.string() });
export const loginAnswer = z.object({ access_token: z.string() });
export const receiptAnswer = z.object({ new_balance: z.string() });

export const catalogueAnswer = z.object({
  data: z.array(
    z.object({
      asset_id: z.string(),
      name: z.string(),
      current_price: z.string(),
      quantity_scale: z.int(),
      availability_status: z.string(),
      category: z.string(),
    }),
  ),
  active_count: z.int(),
});

export const orderAnswer = z.object({
  data: z.object({
    order_id: z.string(),
    asset_id: z.string(),
    status: z.string(),
    quantity: z.string(),
    price: z.string(),
    total_amount: z.string(),
  }),
});
export type PlacedOrder = z.infer<typeof orderAnswer>['data'];

export const portfolioAnswer = z.object({
  usd_balance: z.string(),
  total_asset_value: z.string(),
  total_portfolio_value: z.string(),
  assets: z.array(
    z.object({
      asset_id: z.string(),
      quantity: z.string(),
      current_price: z.string(),
      market_value: z.string(),
      unrealized_pnl: z.string(),
    }),
  ),
});
export type Portfolio = z.infer<typeof portfolioAnswer>;

export const ledgerAnswer = z.object({
  transactions: z.array(
    z.object({
      sequence: z.int(),
      transaction_type: z.string(),
      direction: z.enum(['debit', 'credit']),
      amount: z.string(),
      new_balance: z.string(),
      description: z.string().nullable(),
    }),
  ),
});
export type Ledger = z.infer<typeof ledgerAnswer>;
