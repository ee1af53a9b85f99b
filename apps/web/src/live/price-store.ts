import { decimal, formatDecimal } from '@cnop/common/core/money';
import type { QuoteSource } from '@cnop/common/entities/inventory/quote';
import { useCallback, useMemo, useSyncExternalStore } from 'react';

/** A price of the moment. Bid and ask are what a seller gets and a buyer pays. */
export interface LivePrice {
  readonly bid: string;
  readonly ask: string;
  readonly mid: string;
  readonly at: string;
  /** Grows with every price of the asset; 0 where it is not known. */
  readonly seq: number;
  /** What it was made from; undefined for prices that were polled. */
  readonly source: QuoteSource | undefined;
}

const prices = new Map<string, LivePrice>();
const listeners = new Map<string, Set<() => void>>();

/**
 * Prices live outside of React: a tick re-renders the cells that show it and nothing else.
 * What is older than what is known is left out, since streams and polls may overtake each other.
 */
export function publishPrice(assetId: string, price: LivePrice): void {
  const known = prices.get(assetId);
  if (known && (price.at < known.at || (price.at === known.at && price.seq <= known.seq))) return;
  // A polled price does not say, and its source is the one that the stream named.
  prices.set(assetId, { ...price, source: price.source ?? known?.source });
  for (const listener of listeners.get(assetId) ?? []) listener();
}

export function latestPrice(assetId: string): LivePrice | undefined {
  return prices.get(assetId);
}

/** Every price that is known, for a tab that has just been opened. */
export function knownPrices(): [string, LivePrice][] {
  return [...prices];
}

/** Calls back with every price of one asset, such as for a chart, which draws outside of React. */
export function onPrice(assetId: string, listener: () => void): () => void {
  const ofAsset = listeners.get(assetId) ?? new Set();
  listeners.set(assetId, ofAsset.add(listener));
  return () => ofAsset.delete(listener);
}

/** The price of the moment of one asset. */
export function useLivePrice(assetId: string): LivePrice | undefined {
  const subscribe = useCallback((listener: () => void) => onPrice(assetId, listener), [assetId]);
  return useSyncExternalStore(subscribe, () => prices.get(assetId));
}

/** Half of the spread on either side, for prices that came without it. Only shown, never traded at. */
export function priceAround(
  mid: string,
  { spreadBps, at }: { readonly spreadBps: number; readonly at: string },
): LivePrice {
  const half = decimal(mid).times(String(spreadBps)).times('0.00005');
  return {
    mid,
    bid: formatDecimal(decimal(mid).minus(half)),
    ask: formatDecimal(decimal(mid).plus(half)),
    at,
    seq: 0,
    source: undefined,
  };
}

const SEPARATOR = ' ';

/** The prices of the moment of several assets, for what adds them up; an asset without one is left out. */
export function useMids(assetIds: readonly string[]): ReadonlyMap<string, string> {
  const listed = assetIds.join(SEPARATOR);
  const subscribe = useCallback(
    (listener: () => void) => {
      const leave = idsIn(listed).map((assetId) => onPrice(assetId, listener));
      return () => leave.forEach((unsubscribe) => unsubscribe());
    },
    [listed],
  );
  // As one text, since a new map for the same prices would be a change for ever.
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

function idsIn(listed: string): string[] {
  return listed === '' ? [] : listed.split(SEPARATOR);
}
