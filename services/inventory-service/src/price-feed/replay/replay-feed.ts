import type { TrackPoint } from '../../domain/price-track.ts';
import type { FeedPrice, PricedAsset, PriceFeed } from '../price-feed.ts';

/** Nothing is skipped, so a speed that is too high for this is not reached. */
const MAX_POINTS_PER_TICK = 200;

export interface ReplayFeedOptions {
  /** What is played, by asset. */
  readonly tracks: ReadonlyMap<string, readonly TrackPoint[]>;
  /** How many times faster than it happened. */
  readonly speed: number;
}

/**
 * Plays recorded prices from the beginning, all assets on one time line. After its last price, and for an asset that has
 * no record, the price stays where it is and stays fresh.
 */
export function createReplayFeed({ tracks, speed }: ReplayFeedOptions): PriceFeed {
  const firstMilliseconds = Math.min(
    ...[...tracks.values()].map((track) => track[0]?.atMilliseconds ?? Infinity),
  );
  /** How many points of each track are played. */
  const played = new Map<string, number>();
  let startedAt: Date | undefined;

  const playTo = (positionMilliseconds: number, { asset, mid }: PricedAsset): FeedPrice[] => {
    const { asset_id } = asset;
    const from = played.get(asset_id) ?? 0;
    const waiting = tracks.get(asset_id)?.slice(from, from + MAX_POINTS_PER_TICK) ?? [];
    const due = waiting.filter(({ atMilliseconds }) => atMilliseconds <= positionMilliseconds);
    if (due.length === 0) return [{ asset_id, mid }];
    played.set(asset_id, from + due.length);
    return due.map((point) => ({ asset_id, mid: point.mid }));
  };

  return {
    source: 'replay',
    start() {
      // It begins with the first question.
    },
    next(priced, now) {
      startedAt ??= now;
      const position = firstMilliseconds + (now.getTime() - startedAt.getTime()) * speed;
      return priced.flatMap((each) => playTo(position, each));
    },
    moveTo() {
      // What was recorded does not change; the next price of the record takes over again.
    },
    stop: () => Promise.resolve(),
  };
}
