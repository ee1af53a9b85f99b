import type { AssetId, Username } from '@cnop/common/core/brands';
import type { LiveEvent } from '@cnop/common/entities/user/live-event';
import { electLeader } from './leader-election.ts';
import { noteActivity, noteConnection, restartLiveStatus } from './live-status.ts';
import type { LivePrice } from './price-store.ts';
import { knownPrices, publishPrice } from './price-store.ts';
import { followStream } from './stream-connection.ts';
import type { StreamFrame } from './stream-frames.ts';

export interface LiveHubOptions {
  /** Only tabs of the same user share a stream. */
  readonly username: Username;
  readonly onEvent: (event: LiveEvent) => void;
  /** Events were missed: everything shown has to be read again. */
  readonly onReset: () => void;
}

/** A message between tabs. */
type TabMessage =
  | { readonly kind: 'frame'; readonly frame: StreamFrame }
  | { readonly kind: 'activity' }
  | { readonly kind: 'connection'; readonly isConnected: boolean }
  | { readonly kind: 'who-leads' }
  | { readonly kind: 'known'; readonly prices: [AssetId, LivePrice][]; readonly lastSeq: number | undefined };

/**
 * Shares one stream among all tabs of a browser: the leader reads it and forwards every frame. Browsers open only six
 * connections to a host over HTTP/1.1, and each tab would hold one.
 * @returns what leaves the hub
 */
export function joinLiveHub({ username, onEvent, onReset }: LiveHubOptions): () => void {
  const channel =
    typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`cnop.live.${username}`);
  const tell = (message: TabMessage): void => channel?.postMessage(message);
  let lastSeq: number | undefined;
  let isLeader = false;
  restartLiveStatus();

  /** Handles a frame, in every tab in the same way. */
  function handle(frame: StreamFrame): void {
    if (frame.kind === 'price') publishPrice(frame.assetId, frame.price);
    if (frame.kind === 'hello' && lastSeq === undefined) {
      lastSeq = frame.lastSeq;
      // Events between the first answers and the first frame are in neither.
      onReset();
    }
    if (frame.kind === 'reset') {
      lastSeq = frame.lastSeq;
      onReset();
    }
    if (frame.kind === 'event' && frame.event.seq > (lastSeq ?? 0)) {
      lastSeq = frame.event.seq;
      onEvent(frame.event);
    }
  }

  channel?.addEventListener('message', ({ data }: MessageEvent<TabMessage>) => {
    if (data.kind === 'who-leads') {
      if (isLeader) tell({ kind: 'known', prices: knownPrices(), lastSeq });
      return;
    }
    if (isLeader) return;
    if (data.kind === 'frame') handle(data.frame);
    if (data.kind === 'connection') noteConnection(data.isConnected);
    else noteActivity(Date.now());
    if (data.kind === 'known') {
      for (const [assetId, price] of data.prices) publishPrice(assetId, price);
      lastSeq ??= data.lastSeq;
    }
  });

  // The types promise locks everywhere; an insecure context has none.
  const locks = 'locks' in navigator ? navigator.locks : undefined;
  const leadership = electLeader({ locks, name: `cnop.live.${username}` }, () => {
    isLeader = true;
    return followStream({
      lastSeq: () => lastSeq,
      onFrame(frame) {
        handle(frame);
        tell({ kind: 'frame', frame });
      },
      onActivity() {
        noteActivity(Date.now());
        tell({ kind: 'activity' });
      },
      onConnection(isConnected) {
        noteConnection(isConnected);
        tell({ kind: 'connection', isConnected });
      },
    });
  });
  tell({ kind: 'who-leads' });

  return () => {
    leadership.resign();
    channel?.close();
  };
}
