import type { AssetCategory, AssetStatus } from '@cnop/common/entities/inventory/asset';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';

export const CATEGORY_NAMES: Readonly<Record<AssetCategory, string>> = {
  cryptocurrency: 'Coin',
  stablecoin: 'Stablecoin',
  token: 'Token',
  nft: 'NFT',
  commodity: 'Commodity',
};

/** The meaning of each status for orders. */
export const STATUS_MEANINGS: Readonly<Record<AssetStatus, string>> = {
  active: 'Orders are taken and executed.',
  cancel_only: 'No orders are taken or executed. Open orders stay and can be cancelled.',
  close_only: 'Positions can be sold. Buys are refused, and open ones are cancelled.',
  suspended: 'No orders are taken. Open orders stay, and execute when trading goes on.',
  delisted: 'Open orders are cancelled and every position is settled at the last price. This is final.',
};

/** What happens to a price set by hand, by price feed. */
const FEED_MEANINGS: Readonly<Record<QuoteSource, string>> = {
  manual: 'Prices are set by hand here: it stays until somebody sets another.',
  simulated: 'Prices are simulated here: the simulation goes on from the price that you set.',
  replay: 'Recorded prices are played here: the next one of the recording replaces yours.',
  exchange: 'Prices come from an exchange: its next price replaces yours, usually within seconds.',
  stored:
    'Another process makes the prices: unless its feed is manual, it moves on from yours or replaces it.',
};

/**
 * Returns what happens to a price set by hand.
 * @param source source of the latest quote; `undefined` before the stream has sent one
 */
export function feedMeaning(source: QuoteSource | undefined): string {
  return source === undefined
    ? 'Unless prices are set by hand here, the price feed moves on from it or replaces it.'
    : FEED_MEANINGS[source];
}
