import type { AssetCategory, AssetStatus } from '@cnop/common/entities/inventory/asset';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';

export const CATEGORY_NAMES: Readonly<Record<AssetCategory, string>> = {
  cryptocurrency: 'Coin',
  stablecoin: 'Stablecoin',
  token: 'Token',
  nft: 'NFT',
  commodity: 'Commodity',
  currency: 'Currency',
};

/** The meaning of each status for orders. */
export const STATUS_MEANINGS: Readonly<Record<AssetStatus, string>> = {
  active: 'Orders are accepted and filled.',
  cancel_only: 'No orders are accepted or filled. Open orders stay and can be cancelled.',
  close_only: 'Positions can be sold. Buy orders are refused, and open ones are cancelled.',
  suspended: 'No orders are accepted. Open orders stay, and can be filled once trading resumes.',
  delisted: 'Open orders are cancelled and every position is settled at the last price. This is final.',
};

/** What happens to a price set by hand, by price feed. */
const FEED_MEANINGS: Readonly<Record<QuoteSource, string>> = {
  manual: 'Prices are set by hand here: this price stays until the next one is set.',
  simulated: 'Prices are simulated here: the simulation continues from your price.',
  replay: 'Recorded prices are replayed here: the next recorded price replaces yours.',
  exchange: 'Prices come from an exchange: its next price replaces yours, usually within seconds.',
  stored:
    'Another process makes the prices: unless its feed is manual, it continues from your price or replaces it.',
};

/**
 * Returns what happens to a price set by hand.
 * @param source source of the latest quote; `undefined` before the stream has sent one
 */
export function feedMeaning(source: QuoteSource | undefined): string {
  return source === undefined
    ? 'Unless prices are set by hand here, the price feed continues from your price or replaces it.'
    : FEED_MEANINGS[source];
}
