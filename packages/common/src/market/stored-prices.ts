import type { Asset } from '../entities/inventory/asset.ts';
import { storedQuoteOf } from '../entities/inventory/quote-rules.ts';
import { createRepeater } from '../scheduling/repeater.ts';
import type { WritableQuoteBoard } from './quote-board.ts';

const POLL_MILLISECONDS = 1_000;

export interface StoredPricesOptions {
  readonly board: WritableQuoteBoard;
  readonly readAssets: () => Promise<readonly Asset[]>;
  /** Told when the store cannot be read; the quotes on the board then grow old, which their readers see. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * Fills the board of a process that makes no prices with those that the inventory service stores. Resolves after the
 * first reading, with what ends it.
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
