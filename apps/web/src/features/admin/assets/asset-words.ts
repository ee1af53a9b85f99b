import type { AssetCategory, AssetStatus } from '@cnop/common/entities/inventory/asset';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';
import type { Switch } from '../../../api/admin/assets.ts';

export const CATEGORY_NAMES: Readonly<Record<AssetCategory, string>> = {
  cryptocurrency: 'Coin',
  stablecoin: 'Stablecoin',
  token: 'Token',
  nft: 'NFT',
  commodity: 'Commodity',
  currency: 'Currency',
};

/** Returns the word for the price of an asset: a currency has a rate. */
export function priceWord(category: AssetCategory): 'price' | 'rate' {
  return category === 'currency' ? 'rate' : 'price';
}

/** The meaning of each status for orders. */
export const STATUS_MEANINGS: Readonly<Record<AssetStatus, string>> = {
  active: 'Orders are accepted and filled.',
  cancel_only: 'No orders are accepted or filled. Open orders stay and can be cancelled.',
  close_only: 'Positions can be sold. Buy orders are refused, and open ones are cancelled.',
  suspended: 'No orders are accepted. Open orders stay, and can be filled once trading resumes.',
  delisted: 'Open orders are cancelled and every position is settled at the last price. This is final.',
};

/** What activating and deactivating does. */
export const SWITCH_MEANINGS: Readonly<Record<'asset' | 'currency', Readonly<Record<Switch, string>>>> = {
  asset: {
    deactivate:
      'Orders are no longer accepted or filled. Open orders stay and can be cancelled; they can be filled again once it is active.',
    activate: 'Orders are accepted and filled again, at current prices.',
  },
  currency: {
    deactivate: 'No cash is converted from or to it. Wallets stay as they are.',
    activate: 'Cash is converted from and to it again, at current rates.',
  },
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
