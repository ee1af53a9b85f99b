import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { latestPrice, onPrice } from './price-store.ts';

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
