import type { AssetId, Price } from '@cnop/common/core/brands';
import type { TrackPoint } from '../domain/price-track.ts';
import type { FeedPrice, PriceFeed } from './price-feed.ts';

/** No price is skipped, so this limits the speed of a replay. */
const MAX_POINTS_PER_TICK = 200;

export interface ReplayFeedOptions {
  /** The prices to play by asset id, in the order of time. */
  readonly tracks: ReadonlyMap<AssetId, readonly TrackPoint[]>;
  /** The factor by which the replay is faster than the recording. */
  readonly speed: number;
}

/**
 * Creates a feed that plays recorded prices from the beginning, all assets on one time line. Between two prices and after
 * the last one, each tick repeats an asset's price, so that it does not become stale; so does the price of an asset
 * without a recording.
 * @see docs/adr/0028-recorded-prices-keep-their-times.md
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
      // The first tick starts the replay.
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
      players.get(asset_id)?.forgetCurrent();
    },
    stop: () => Promise.resolve(),
  };
}

/** Creates a player of one track, which plays each price once. */
function createPlayer(assetId: AssetId, track: readonly TrackPoint[]) {
  let next = 0;
  let playedSinceTick = 0;
  /** The last price played; `undefined` after a price was set manually. */
  let current: Price | undefined;

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
    /** Returns the time of the next price to play before the next tick; `Infinity` without one. */
    nextMilliseconds: (): number =>
      (playedSinceTick < MAX_POINTS_PER_TICK ? track[next]?.atMilliseconds : undefined) ?? Infinity,
    current: () => current,
    forgetCurrent() {
      current = undefined;
    },
  };
}
