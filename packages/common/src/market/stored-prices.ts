import type { Asset } from '../entities/inventory/asset.ts';
import { storedQuoteOf } from '../entities/inventory/quote.ts';
import { createRepeater } from '../scheduling/repeater.ts';
import type { WritableQuoteBoard } from './market-data.ts';

const POLL_MILLISECONDS = 1_000;

export interface StoredPricesOptions {
  readonly board: WritableQuoteBoard;
  readonly readAssets: () => Promise<readonly Asset[]>;
  /** Called when the store cannot be read. Quotes on the board then get old, which their readers check. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Publishes stored prices on the quote board of a process without a market maker, once a second. Resolves after the first
 * read.
 * @returns a function that stops polling
 */
export async function relayStoredPrices(options: StoredPricesOptions): Promise<() => void> {
  const polling = createRepeater({
    everyMilliseconds: POLL_MILLISECONDS,
    act: async () => {
      try {
        options.board.publish((await options.readAssets()).map(storedQuoteOf));
      } catch (error) {
        options.onFailure(error);
      }
    },
  });
  await polling.run();
  polling.start();
  return () => void polling.stop();
}
