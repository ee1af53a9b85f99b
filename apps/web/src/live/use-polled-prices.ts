import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { assetsQuery } from '../api/market.ts';
import { noteActivity, noteConnection } from './live-status.ts';
import { publishPrice, quoteFromMid } from './price-store.ts';

/** The stream needs a session, so visitors poll. */
const VISITOR_POLL_MILLISECONDS = 3_000;
/** With a stream, only statistics and new assets are polled. */
const STATISTICS_POLL_MILLISECONDS = 60_000;

/** Polls the catalogue and, for visitors, the prices. Used once, by the shell. */
export function usePolledPrices(hasStream: boolean): void {
  const { data, dataUpdatedAt, failureCount, isError } = useQuery({
    ...assetsQuery(),
    refetchInterval: hasStream ? STATISTICS_POLL_MILLISECONDS : VISITOR_POLL_MILLISECONDS,
  });

  useEffect(() => {
    for (const { asset_id, current_price, spread_bps, last_price_update } of data ?? []) {
      publishPrice(asset_id, quoteFromMid(current_price, { spreadBps: spread_bps, at: last_price_update }));
    }
    if (data && !hasStream) noteActivity(dataUpdatedAt);
  }, [data, dataUpdatedAt, hasStream]);

  const isFailing = isError || failureCount > 0;
  useEffect(() => {
    if (!hasStream && isFailing) noteConnection(false);
  }, [hasStream, isFailing]);
}
