import type { AssetId } from '@cnop/common/core/brands';
import type { QuoteBoard } from '@cnop/common/market/market-data';
import type { PriceLimits, PricePace } from './price-pace.ts';
import { createPricePace } from './price-pace.ts';
import type { StreamWriter } from './stream-writer.ts';
import { priceFrame } from './stream-writer.ts';

/** The assets whose prices a stream sends. */
export type PriceSelection = 'all' | readonly AssetId[];

/** Sends quotes to live streams. */
export interface PriceChannel {
  /** Sends new prices to a stream; returns the function that stops it. */
  join(selection: PriceSelection, writer: StreamWriter): () => void;
  /** Sends the latest missed prices to streams that were full and have room again. */
  sendMissed(): void;
  close(): void;
}

interface Member {
  readonly writer: StreamWriter;
  /** Assets of which a price was skipped since the last one sent. */
  readonly missed: Set<AssetId>;
}

/** All streams with the same selection, for which each batch is encoded once. */
interface Group {
  readonly has: (assetId: AssetId) => boolean;
  readonly members: Set<Member>;
}

/** Creates the channel that sends the latest quote of each asset to streams, at a limited rate. */
export function createPriceChannel(quotes: QuoteBoard, limits: PriceLimits): PriceChannel {
  const groups = new Map<string, Group>();
  const pace = createPricePace(limits);
  const alarm = createAlarm(sendDue);

  function sendDue(): void {
    const frames = pace
      .takeDue(performance.now())
      .map((quote) => ({ assetId: quote.asset_id, text: priceFrame(quote) }));
    for (const group of groups.values()) sendToGroup(group, frames);
    alarm.setFor(pace.nextAt());
  }

  const unsubscribe = quotes.subscribe((published) => {
    if (groups.size === 0) return;
    pace.add(published);
    alarm.setFor(pace.nextAt());
  });

  return {
    join(selection, writer) {
      const key = selection === 'all' ? selection : selection.toSorted().join(',');
      const group = groups.get(key) ?? { has: createMatcher(selection), members: new Set() };
      groups.set(key, group);
      const member = { writer, missed: new Set<AssetId>() };
      group.members.add(member);
      return () => {
        group.members.delete(member);
        if (group.members.size === 0 && groups.get(key) === group) groups.delete(key);
        if (groups.size === 0) pace.clear();
      };
    },
    sendMissed() {
      for (const { members } of groups.values()) {
        for (const member of members) sendMissedTo(member, quotes, pace);
      }
    },
    close() {
      unsubscribe();
      alarm.clear();
      groups.clear();
    },
  };
}

/** Creates a timer that calls `ring` once, at the earliest of the times it was set for. */
function createAlarm(ring: () => void) {
  let timer: NodeJS.Timeout | undefined;
  let at = Number.POSITIVE_INFINITY;
  const clear = (): void => {
    clearTimeout(timer);
    at = Number.POSITIVE_INFINITY;
  };
  return {
    clear,
    /** @param time as of `performance.now`; infinity for never */
    setFor(time: number): void {
      if (time >= at) return;
      clearTimeout(timer);
      at = time;
      timer = setTimeout(
        () => {
          at = Number.POSITIVE_INFINITY;
          ring();
        },
        Math.max(0, Math.ceil(time - performance.now())),
      );
    },
  };
}

function createMatcher(selection: PriceSelection): Group['has'] {
  if (selection === 'all') return () => true;
  const assetIds = new Set(selection);
  return (assetId) => assetIds.has(assetId);
}

function sendToGroup(
  { has, members }: Group,
  frames: readonly { readonly assetId: AssetId; readonly text: string }[],
): void {
  const selected = frames.filter(({ assetId }) => has(assetId));
  if (selected.length === 0) return;
  // A buffer is encoded once; a string would be encoded again for each stream.
  const batch = Buffer.from(selected.map(({ text }) => text).join(''));
  for (const { writer, missed } of members) {
    if (writer.isFull) {
      for (const { assetId } of selected) missed.add(assetId);
      continue;
    }
    writer.write(batch);
    if (missed.size > 0) for (const { assetId } of selected) missed.delete(assetId);
  }
}

function sendMissedTo({ writer, missed }: Member, quotes: QuoteBoard, pace: PricePace): void {
  if (missed.size === 0 || writer.isFull) return;
  const now = performance.now();
  let text = '';
  for (const assetId of missed) {
    if (!pace.isDue(assetId, now)) continue;
    const quote = quotes.latest(assetId);
    if (quote) text += priceFrame(quote);
    missed.delete(assetId);
    // Counts for all streams, so that the next price does not follow too soon for this one.
    pace.countAsSent(assetId, now);
  }
  if (text !== '') writer.write(text);
}
