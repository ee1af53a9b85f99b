import type { AssetId, IsoTime, Price } from '@cnop/common/core/brands';
import { knownAssetId } from '@cnop/common/core/brands';
import { decimal, formatPrice } from '@cnop/common/core/money';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

/** A quote: sellers get the bid, buyers pay the ask. */
export interface LivePrice {
  readonly bid: Price;
  readonly ask: Price;
  readonly mid: Price;
  readonly at: IsoTime;
  /** Grows with every quote of the asset; 0 if unknown. */
  readonly seq: number;
  /** The source of the price; `undefined` for polled prices. */
  readonly source: QuoteSource | undefined;
}

const prices = new Map<AssetId, LivePrice>();
const listeners = new Map<AssetId, Set<() => void>>();

/**
 * Stores a price outside of React, so that a tick renders only the cells that show it. Prices older than the stored one
 * are dropped, since streams and polls may overtake each other.
 */
export function publishPrice(assetId: AssetId, price: LivePrice): void {
  const known = prices.get(assetId);
  if (known && (price.at < known.at || (price.at === known.at && price.seq <= known.seq))) return;
  // Polled prices have no source, so the one of the stream is kept.
  prices.set(assetId, { ...price, source: price.source ?? known?.source });
  for (const listener of listeners.get(assetId) ?? []) listener();
}

export function latestPrice(assetId: AssetId): LivePrice | undefined {
  return prices.get(assetId);
}

/** Returns all known prices, for a tab that was just opened. */
export function knownPrices(): [AssetId, LivePrice][] {
  return [...prices];
}

/** Subscribes to the prices of one asset, such as for a chart, which draws outside of React. */
export function onPrice(assetId: AssetId, listener: () => void): () => void {
  const ofAsset = listeners.get(assetId) ?? new Set();
  listeners.set(assetId, ofAsset.add(listener));
  return () => ofAsset.delete(listener);
}

/** Returns the current price of one asset. */
export function useLivePrice(assetId: AssetId): LivePrice | undefined {
  const subscribe = useCallback((listener: () => void) => onPrice(assetId, listener), [assetId]);
  return useSyncExternalStore(subscribe, () => prices.get(assetId));
}

/** Makes a quote from a mid price with half of the spread on either side. Only shown, never traded at. */
export function quoteFromMid(
  mid: Price,
  { spreadBps, at }: { readonly spreadBps: number; readonly at: IsoTime },
): LivePrice {
  const half = decimal(mid).times(String(spreadBps)).times('0.00005');
  return {
    mid,
    bid: formatPrice(decimal(mid).minus(half)),
    ask: formatPrice(decimal(mid).plus(half)),
    at,
    seq: 0,
    source: undefined,
  };
}

const SEPARATOR = ' ';

/** Returns the current mid prices of several assets; assets without a price are left out. */
export function useMidPrices(assetIds: readonly AssetId[]): ReadonlyMap<AssetId, string> {
  const listed = assetIds.join(SEPARATOR);
  const subscribe = useCallback(
    (listener: () => void) => {
      const leave = idsIn(listed).map((assetId) => onPrice(assetId, listener));
      return () => leave.forEach((unsubscribe) => unsubscribe());
    },
    [listed],
  );
  // As one text, since a new map would be a change on every call.
  const mids = useSyncExternalStore(subscribe, () =>
    idsIn(listed)
      .map((assetId) => latestPrice(assetId)?.mid ?? '')
      .join(SEPARATOR),
  );
  return useMemo(() => {
    const prices = mids.split(SEPARATOR);
    return new Map(
      idsIn(listed).flatMap((assetId, index) => {
        const mid = prices[index];
        return mid ? [[assetId, mid]] : [];
      }),
    );
  }, [listed, mids]);
}

function idsIn(listed: string): AssetId[] {
  return listed === '' ? [] : listed.split(SEPARATOR).map(knownAssetId);
}
