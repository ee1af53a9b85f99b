import type { Asset } from '@cnop/common/entities/inventory/asset';
import { ASSETS_CHANNEL } from '@cnop/common/events/announcing-store';
import { followCatalogue } from '@cnop/common/market/followed-catalogue';
import type { BusLink, MessageListener } from '@cnop/common/messaging/message-bus';
import { anAsset } from '@cnop/testing/builders/inventory';
import { createFakeClock } from '@cnop/testing/fake-clock';
import { beforeEach, describe, expect, it } from 'vitest';

const clock = createFakeClock('2026-03-01T09:00:00.000Z');
let reads: number;
let stored: readonly Asset[];
let isUp: boolean;
let announce: MessageListener;
let comeUp: () => void;

/** Follows a catalogue with messages that a test sends, and waits until a change would be in all indexes. */
function follow({ link }: { readonly link: boolean }) {
  const busLink: BusLink = {
    isUp: () => isUp,
    onUp(listener) {
      comeUp = listener;
      return () => undefined;
    },
  };
  const catalogue = followCatalogue({
    read: async () => {
      reads += 1;
      return stored;
    },
    bus: {
      subscribe(channel, listener) {
        expect(channel).toBe(ASSETS_CHANNEL);
        announce = listener;
        return () => undefined;
      },
      ...(link && { link: busLink }),
    },
    monotonicClock: clock,
  });
  clock.advanceSeconds(5);
  return catalogue;
}

beforeEach(() => {
  reads = 0;
  stored = [anAsset()];
  isUp = true;
});

describe('a catalogue that follows announced changes', () => {
  it('is read once a minute while nothing is announced', async () => {
    const catalogue = follow({ link: true });
    for (let second = 0; second < 120; second += 1) {
      expect(await catalogue.getAssets()).toBe(stored);
      clock.advanceSeconds(1);
    }
    expect(reads).toBe(2);
  });

  it('is read again after each change, and for five seconds more since an index may lag', async () => {
    const catalogue = follow({ link: true });
    await catalogue.getAssets();
    const before = stored;
    announce('BTC');
    // The index does not have the change yet.
    expect(await catalogue.getAssets()).toBe(before);
    clock.advanceSeconds(1);
    stored = [anAsset({ spread_bps: 7 })];
    expect(await catalogue.getAssets()).toBe(stored);
    clock.advanceSeconds(5);
    stored = [anAsset({ spread_bps: 8 })];
    expect(await catalogue.getAssets()).toBe(stored);
    const readsBefore = reads;
    clock.advanceSeconds(30);
    expect(await catalogue.getAssets()).toBe(stored);
    expect(reads).toBe(readsBefore);
  });

  it('does not keep what was being read when a change was announced', async () => {
    const catalogue = follow({ link: true });
    const reading = catalogue.getAssets();
    announce('BTC');
    await reading;
    clock.advanceSeconds(6);
    stored = [anAsset({ spread_bps: 7 })];
    expect(await catalogue.getAssets()).toBe(stored);
  });

  it('is read each second while the link is down, and after it came back', async () => {
    const catalogue = follow({ link: true });
    await catalogue.getAssets();
    isUp = false;
    for (let second = 0; second < 2; second += 1) {
      clock.advanceSeconds(1);
      await catalogue.getAssets();
    }
    expect(reads).toBe(3);
    isUp = true;
    comeUp();
    stored = [anAsset({ spread_bps: 7 })];
    expect(await catalogue.getAssets()).toBe(stored);
  });

  it('is read each second without a link to other processes', async () => {
    const catalogue = follow({ link: false });
    for (let second = 0; second < 3; second += 1) {
      await catalogue.getAssets();
      await catalogue.getAssets();
      clock.advanceSeconds(1);
    }
    expect(reads).toBe(3);
  });
});
