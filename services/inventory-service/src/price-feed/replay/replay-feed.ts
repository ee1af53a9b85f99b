import type { TrackPoint } from '../../domain/price-track.ts';
import type { FeedPrice, PriceFeed } from '../price-feed.ts';

/** Nothing is skipped, so a speed that is too high for this is not reached. */
const MAX_POINTS_PER_TICK = 200;

export interface ReplayFeedOptions {
  /** What is played, by asset; each in the order of time. */
  readonly tracks: ReadonlyMap<string, readonly TrackPoint[]>;
  /** How many times faster than it happened. */
  readonly speed: number;
}

/**
 * Plays recorded prices from the beginning, all assets on one time line, each at its time. Between two prices, and after
 * its last one, an asset's price stays where it is and stays fresh; so does that of an asset without a record.
 */
export function createReplayFeed({ tracks, speed }: ReplayFeedOptions): PriceFeed {
  const firstMilliseconds = Math.min(
    ...[...tracks.values()].map((track) => track[0]?.atMilliseconds ?? Infinity),
  );
  const players = new Map([...tracks].map(([assetId, track]) => [assetId, createPlayer(assetId, track)]));
  let startedAt: Date | undefined;

  const positionAt = (now: Date): number =>
    firstMilliseconds + (now.getTime() - (startedAt ?? now).getTime()) * speed;

  return {
    source: 'replay',
    start() {
      // The first tick begins it.
    },
    next(priced, now) {
      startedAt ??= now;
      const position = positionAt(now);
      return priced.flatMap(({ asset: { asset_id }, mid }) => {
        const player = players.get(asset_id);
        const prices = player?.playTick(position) ?? [];
        return prices.length > 0 ? prices : [{ asset_id, mid: player?.current() ?? mid }];
      });
    },
    betweenTicks: {
      dueInMilliseconds(now) {
        const nextMilliseconds = Math.min(
          ...[...players.values()].map((player) => player.nextMilliseconds()),
        );
        if (nextMilliseconds === Infinity) return undefined;
        return Math.max(0, (nextMilliseconds - positionAt(now)) / speed);
      },
      due: (priced, now) =>
        priced.flatMap(({ asset: { asset_id } }) => players.get(asset_id)?.play(positionAt(now)) ?? []),
    },
    moveTo({ asset_id }) {
      players.get(asset_id)?.leave();
    },
    stop: () => Promise.resolve(),
  };
}

/** Plays one track, each price once. */
function createPlayer(assetId: string, track: readonly TrackPoint[]) {
  let next = 0;
  let playedSinceTick = 0;
  /** The price that was played last, until another one is set by hand. */
  let current: string | undefined;

  const play = (positionMilliseconds: number): FeedPrice[] => {
    const prices: FeedPrice[] = [];
    for (; playedSinceTick < MAX_POINTS_PER_TICK; next += 1, playedSinceTick += 1) {
      const point = track[next];
      if (!point || point.atMilliseconds > positionMilliseconds) break;
      prices.push({ asset_id: assetId, mid: point.mid });
      current = point.mid;
    }
    return prices;
  };

  return {
    play,
    playTick(positionMilliseconds: number): FeedPrice[] {
      playedSinceTick = 0;
      return play(positionMilliseconds);
    },
    /** Returns the time of the next price that may be played before the next tick; Infinity without one. */
    nextMilliseconds: (): number =>
      (playedSinceTick < MAX_POINTS_PER_TICK ? track[next]?.atMilliseconds : undefined) ?? Infinity,
    current: () => current,
    leave() {
      current = undefined;
    },
  };
}
