import type { TradeFeed, WritableQuoteBoard } from '@cnop/common/market/market-data';
import { createTradeFeed } from '@cnop/common/market/market-data';
import { receiveTrades, sendTrades, shareQuotes } from '@cnop/common/market/relay';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import type { SharedMarket } from '../standalone-app.ts';

/**
 * Joins the market data of this worker to that of the others: the leader's quotes reach all boards, and the trades of all
 * workers reach the leader, for the volumes of candles.
 */
export function shareMarket(
  { quotes, trades }: { readonly quotes: WritableQuoteBoard; readonly trades: TradeFeed },
  bus: MessageBus,
): SharedMarket {
  const allTrades = createTradeFeed();
  // The bus delivers the trades of this worker here as well.
  const stops = [shareQuotes(quotes, bus), sendTrades(trades, bus), receiveTrades(allTrades, bus)];
  return {
    allTrades,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}
