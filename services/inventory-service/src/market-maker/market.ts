import type { Asset } from '@cnop/common/entities/inventory/asset';
import type { Candle, CandleInterval } from '@cnop/common/entities/inventory/candle';
import type { LivePrice } from '../domain/asset-view.ts';

/** The market as the use cases of this service see it. */
export interface Market {
  livePrice(assetId: string): LivePrice | undefined;
  /** Candles that the store may not have yet, in the order of time. */
  recentCandles(assetId: string, interval: CandleInterval): readonly Candle[];
  /** To be told after the commit that set a price or made an asset: it is quoted before this returns. */
  priceSet(asset: Asset): void;
  /** To be told after any other change of an asset. */
  assetEdited(asset: Asset): void;
}
