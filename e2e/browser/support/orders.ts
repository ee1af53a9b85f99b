import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus } from '@cnop/testing/system/api-client';
import type { Locator, Page, Request } from '@playwright/test';

/** The parts of a ticket, found by role and name. */
export function ticketOf(page: Page) {
  const ticket = page.getByRole('region', { name: 'Place an order' });
  return {
    root: ticket,
    side: (side: 'Buy' | 'Sell') => ticket.getByRole('radio', { name: side }),
    amount: ticket.getByRole('textbox', { name: /^(Amount|Spend|Sell for)/ }),
    limit: ticket.getByRole('textbox', { name: 'Limit price' }),
    submit: ticket.locator('button[type="submit"]'),
    confirm: page.getByRole('alertdialog').getByRole('button', { name: /^(Buy|Sell)$/ }),
    async chooseKind(kind: string) {
      await ticket.getByRole('combobox', { name: 'Order type' }).click();
      await page.getByRole('option', { name: kind, exact: true }).click();
    },
    /** The figure beside a label of the summary. */
    figure: (label: string): Locator =>
      ticket
        .locator('dl > div')
        .filter({ has: page.getByText(label, { exact: true }) })
        .locator('dd'),
  };
}

/** Collects the orders that a page sends. */
export function followOrders(page: Page): Request[] {
  const sent: Request[] = [];
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().endsWith('/api/v1/orders')) sent.push(request);
  });
  return sent;
}

export interface PlacedOrder {
  readonly order_id: string;
  readonly status: string;
  readonly client_order_id: string | null;
}

/** Places an order without the browser. */
export async function placeOrder(
  account: Account,
  body: Readonly<Record<string, string>>,
): Promise<PlacedOrder> {
  return expectStatus(await account.send('POST', '/orders', { body }), 201).json<{ data: PlacedOrder }>()
    .data;
}

/** Returns all orders of an account as the server has them. */
export async function ordersOf(account: Account): Promise<PlacedOrder[]> {
  return expectStatus(await account.send('GET', '/orders'), 200).json<{ data: PlacedOrder[] }>().data;
}
