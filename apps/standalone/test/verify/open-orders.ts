import type { IsoTime, Price } from '@cnop/common/core/brands';
import { assetRecord } from '@cnop/common/dao/inventory/asset-dao';
import { pricePeakRecord } from '@cnop/common/dao/order/price-peak-dao';
import { triggerCheckpointRecord } from '@cnop/common/dao/order/trigger-checkpoint-dao';
import { emailClaimRecord, userRecord } from '@cnop/common/dao/user/user-dao';
import type { Write } from '@cnop/common/database/table-store';
import type { Quote } from '@cnop/common/entities/inventory/quote';
import { emptyBalance } from '@cnop/common/entities/user/balance-rules';
import {
  aClientOrderId,
  anAssetId,
  anOrderId,
  aPrice,
  aQuantity,
  aTime,
  aUsd,
  aUsername,
} from '@cnop/testing/builders/brands';
import { anAsset } from '@cnop/testing/builders/inventory';
import { aUser } from '@cnop/testing/builders/user';
import { createJournal } from './journal.ts';

const LONG_AGO = aTime('2025-11-01T12:00:00.000Z');
const ETH = anAssetId('ETH');
/** The number of events that are older than their retention and therefore deleted. */
const FORGOTTEN_EVENTS = 2;
const LATER = aTime('2026-02-14T13:00:00.000Z');
const FEE_BPS = 25;

export const minute = (count: string): IsoTime => aTime(`2026-01-15T13:${count}:00.000Z`);

export function ethQuote(bid: Price, mid: Price, ask: Price, seq = 1): Quote {
  return { asset_id: ETH, bid, mid, ask, at: minute('00'), source: 'simulated', seq };
}

const ACCEPTED = ethQuote(aPrice('1999.50'), aPrice('2000.00'), aPrice('2000.50'));

/**
 * Returns the account of dora, with every figure computed by hand: orders of each type and each stored status, with a fee
 * of a quarter of a percent. Changes older than the retention of events have no event.
 */
export function openOrderWrites(): Write[] {
  const dora = aUser({ username: 'dora', created_at: LONG_AGO, updated_at: LONG_AGO });
  const journal = createJournal(emptyBalance(aUsername('dora'), LONG_AGO), ETH);
  const fee_bps = FEE_BPS;
  const open = { accepted_quote: ACCEPTED, expires_at: LATER, fee_bps } as const;

  journal.deposit(LONG_AGO, '10000.00');
  journal.execute(
    { order_id: anOrderId('dora-first'), order_type: 'market_buy', quantity: aQuantity('3'), fee_bps },
    { at: LONG_AGO, price: aPrice('1500'), total: aUsd('4500.00'), fees: aUsd('11.25') },
  );

  // Executed at once: 1000.25 x 0.25 % = 2.500625, and 200.05 x 0.25 % = 0.500125, both rounded up.
  journal.execute(
    {
      order_id: anOrderId('dora-bounded'),
      order_type: 'market_buy',
      quantity: aQuantity('0.5'),
      price_bound: aPrice('2001'),
      client_order_id: aClientOrderId('dora:bounded'),
      fee_bps,
    },
    { at: minute('00'), price: aPrice('2000.50'), total: aUsd('1000.25'), fees: aUsd('2.51') },
  );
  journal.execute(
    {
      order_id: anOrderId('dora-met'),
      order_type: 'limit_buy',
      quantity: aQuantity('0.1'),
      price: aPrice('2100'),
      expires_at: LATER,
      fee_bps,
    },
    { at: minute('01'), price: aPrice('2000.50'), total: aUsd('200.05'), fees: aUsd('0.51') },
  );

  // Buys hold their total at the limit and the fee of it.
  journal.queue(minute('02'), {
    ...open,
    order_id: anOrderId('dora-bought'),
    order_type: 'limit_buy',
    quantity: aQuantity('1'),
    price: aPrice('1900'),
    total_amount: aUsd('1900.00'),
    held_amount: '1904.75',
  });
  journal.queue(minute('03'), {
    ...open,
    order_id: anOrderId('dora-buys'),
    order_type: 'limit_buy',
    quantity: aQuantity('0.25'),
    price: aPrice('1800'),
    total_amount: aUsd('450.00'),
    held_amount: '451.13',
    client_order_id: aClientOrderId('dora:buys'),
  });
  // Sales hold units.
  journal.queue(minute('04'), {
    ...open,
    order_id: anOrderId('dora-sells'),
    order_type: 'limit_sell',
    quantity: aQuantity('0.2'),
    price: aPrice('2500'),
    total_amount: aUsd('500.00'),
    held_amount: '0.2',
  });
  for (const [order_id, order_type, quantity, stop_price] of [
    ['dora-stops', 'stop_loss', '0.3', '1700'],
    ['dora-stopped', 'stop_loss', '0.1', '1960'],
    ['dora-failed', 'stop_loss', '0.2', '1950'],
    ['dora-cancelled', 'take_profit', '0.1', '2600'],
  ] as const) {
    journal.queue(minute('05'), {
      ...open,
      order_id: anOrderId(order_id),
      order_type,
      quantity: aQuantity(quantity),
      stop_price: aPrice(stop_price),
      held_amount: quantity,
    });
  }
  journal.queue(minute('06'), {
    ...open,
    order_id: anOrderId('dora-expired'),
    order_type: 'take_profit',
    quantity: aQuantity('0.1'),
    stop_price: aPrice('2700'),
    held_amount: '0.1',
    expires_at: minute('13'),
  });
  journal.queue(minute('07'), {
    ...open,
    order_id: anOrderId('dora-trailed'),
    order_type: 'trailing_stop',
    quantity: aQuantity('0.4'),
    trail_amount: aPrice('100'),
    held_amount: '0.4',
  });
  journal.queue(minute('08'), {
    ...open,
    order_id: anOrderId('dora-trails'),
    order_type: 'trailing_stop',
    quantity: aQuantity('0.1'),
    trail_percent: '5',
    held_amount: '0.1',
  });

  // 4.725, 1.904 and 0.48525 of fees are rounded up. The trailing stop has seen a bid of 2010.
  // The cost of 4.6 is 7609.30. A position of 4.2 keeps 6947.62 of it, rounded down, and 4.1 then 6782.20.
  journal.trigger(
    'dora-bought',
    ethQuote(aPrice('1894'), aPrice('1894.50'), aPrice('1895'), 2),
    aPrice('1900'),
    {
      at: minute('10'),
      price: aPrice('1890'),
      total: aUsd('1890.00'),
      fees: aUsd('4.73'),
    },
  );
  journal.end('dora-cancelled', 'cancelled', minute('11'));
  journal.trigger(
    'dora-trailed',
    ethQuote(aPrice('1905'), aPrice('1905.50'), aPrice('1906'), 3),
    aPrice('1910'),
    {
      at: minute('12'),
      price: aPrice('1904'),
      total: aUsd('761.60'),
      fees: aUsd('1.91'),
      realized: aUsd('98.01'),
    },
  );
  journal.end('dora-expired', 'expired', minute('13'));
  const falling = ethQuote(aPrice('1940'), aPrice('1940.50'), aPrice('1941'), 4);
  journal.end('dora-failed', 'failed', minute('14'), {
    trigger_quote: falling,
    trigger_price: aPrice('1950'),
  });
  journal.trigger('dora-stopped', falling, aPrice('1960'), {
    at: minute('15'),
    price: aPrice('1941'),
    total: aUsd('194.10'),
    fees: aUsd('0.49'),
    realized: aUsd('28.19'),
  });

  return [
    assetRecord.create(anAsset({ asset_id: 'ETH', current_price: '2000.00', fee_bps, spread_bps: 5 })),
    pricePeakRecord.create({ asset_id: ETH, seq: 2, bid: aPrice('2010'), at: minute('09') }),
    triggerCheckpointRecord.create({ asset_id: ETH, seq: 4, at: minute('15') }),
    userRecord.create(dora),
    emailClaimRecord.create(dora),
    ...journal.writes().filter(({ key }) => !isForgotten(key)),
  ];
}

function isForgotten({ pk, sk }: Write['key']): boolean {
  return pk.startsWith('EVENT#') && Number(sk) <= FORGOTTEN_EVENTS;
}
