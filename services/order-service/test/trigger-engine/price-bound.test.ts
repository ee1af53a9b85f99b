import { isoTime } from '@cnop/common/core/brands';
import { afterEach, describe, expect, it } from 'vitest';
import type { Market } from './market.ts';
import { openMarket } from './market.ts';

let market: Market;
afterEach(() => market.dispose());

const place = async (terms: Parameters<Market['place']>[0]): Promise<string> =>
  (await market.place({ quantity: '1', ...terms })).order_id;

describe('a stop with a price bound', () => {
  it('is filled at once when the price is within its bound', async () => {
    market = await openMarket();
    const stop = await place({
      order_type: 'stop_loss',
      stop_price: '95',
      price_bound: '90',
    });
    await market.price('94');
    expect(await market.order(stop)).toMatchObject({
      status: 'completed',
      executed_price: '94',
      price_bound: '90',
    });
  });

  it.each([
    ['stop_loss', { stop_price: '95', price_bound: '90' }, ['80']],
    ['take_profit', { stop_price: '110', price_bound: '108' }, ['112', '105']],
    ['trailing_stop', { trail_amount: '5', price_bound: '92' }, ['80']],
    ['trailing_stop', { trail_percent: '5', price_bound: '92' }, ['80']],
  ] as const)(
    'of type %s and %o is not filled below it, keeps its trigger, and fills at the first price within it',
    async (order_type, condition, prices) => {
      market = await openMarket();
      const stop = await place({ order_type, ...condition });
      await market.price(...prices);
      const open = await market.order(stop);
      expect(open).toMatchObject({ status: 'queued', executed_price: null });
      expect(open.trigger_quote).not.toBeNull();
      expect(open.held_amount).toBe('1');
      await market.price('79', '88');
      expect(await market.order(stop)).toEqual(open);
      // Above the stop price, where the stop itself would not be triggered.
      await market.price('109');
      expect(await market.order(stop)).toMatchObject({
        status: 'completed',
        executed_price: '109',
        trigger_quote: open.trigger_quote,
        trigger_price: open.trigger_price,
      });
    },
  );

  it('stays triggered over a restart', async () => {
    market = await openMarket();
    const stops = [
      await place({ order_type: 'stop_loss', stop_price: '95', price_bound: '90' }),
      await place({ order_type: 'trailing_stop', trail_amount: '5', price_bound: '90' }),
    ];
    await market.price('80');
    await market.restart();
    await market.price('85');
    for (const stop of stops) expect((await market.order(stop)).status).toBe('queued');
    await market.price('98');
    for (const stop of stops) {
      expect(await market.order(stop)).toMatchObject({ status: 'completed', executed_price: '98' });
    }
  });

  it('can be cancelled and expires while its bound is not met', async () => {
    market = await openMarket();
    const soon = isoTime(new Date(market.clock.now().getTime() + 60_000));
    const bounded = { order_type: 'stop_loss', stop_price: '95', price_bound: '90' } as const;
    const cancelled = await place(bounded);
    const expiring = await place({ ...bounded, expires_at: soon });
    await market.price('80');
    await market.cancel(cancelled);
    market.clock.advanceSeconds(61);
    await market.engine().sweep();
    expect(await market.order(cancelled)).toMatchObject({ status: 'cancelled', held_amount: '0' });
    expect(await market.order(expiring)).toMatchObject({ status: 'expired', held_amount: '0' });
    expect((await market.units()).held).toBe('0');
  });
});
