import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

const PROBE = 'probe';
const PATIENCE = { timeout: 10_000, interval: 10 };

/** Two ends of one bus; in one process they may be the same. */
export interface BusUnderTest {
  readonly here: MessageBus;
  readonly there: MessageBus;
  dispose(): Promise<void>;
}

let channels = 0;
/** Returns a unique channel. */
export function freshChannel(): string {
  channels += 1;
  return `channel ${channels}`;
}

/** Listens on a channel, and resolves once messages from the sender arrive. */
export async function listen(on: MessageBus, channel: string, sender: MessageBus) {
  const received: string[] = [];
  const stop = on.subscribe(channel, (message) => received.push(message));
  const messages = () => received.filter((message) => message !== PROBE);
  const isHeard = async () => {
    const before = received.length;
    await vi.waitFor(() => {
      sender.publish(channel, PROBE);
      expect(received.length).toBeGreaterThan(before);
    }, PATIENCE);
  };
  await isHeard();
  return {
    messages,
    stop,
    isHeard,
    hasGot: (expected: readonly string[]) => vi.waitFor(() => expect(messages()).toEqual(expected), PATIENCE),
  };
}

/** Defines the contract suite that every adapter of `MessageBus` passes. */
export function describeMessageBusContract(name: string, open: () => Promise<BusUnderTest>): void {
  describe(`${name} keeps the contract of MessageBus`, () => {
    let bus: BusUnderTest;
    beforeAll(async () => {
      bus = await open();
    });
    afterAll(() => bus?.dispose());

    it('delivers messages to all listeners of their channel, in order', async () => {
      const channel = freshChannel();
      const listeners = [
        await listen(bus.there, channel, bus.here),
        await listen(bus.there, channel, bus.here),
        await listen(bus.here, channel, bus.here),
      ];
      const messages = Array.from({ length: 500 }, (_, i) => `message ${i}`);
      for (const message of messages) bus.here.publish(channel, message);
      for (const listener of listeners) await listener.hasGot(messages);
    });

    it('delivers nothing from channels with similar names', async () => {
      const channel = freshChannel();
      const listener = await listen(bus.there, channel, bus.here);
      for (const other of [`${channel}0`, channel.toUpperCase(), '*', 'channel *', '', `cnop:${channel}`]) {
        bus.here.publish(other, 'not for you');
      }
      bus.here.publish(channel, 'for you');
      await listener.hasGot(['for you']);
    });

    it('delivers messages unchanged', async () => {
      const channel = freshChannel();
      const listener = await listen(bus.there, channel, bus.here);
      const messages = ['', ' ', 'a\r\nb', '\0', 'é日本😀', '{"a":[1,"2"]}', 'x'.repeat(200_000)];
      for (const message of messages) bus.here.publish(channel, message);
      await listener.hasGot(messages);
    });

    it('calls listeners only after publish has returned', async () => {
      const channel = freshChannel();
      const listener = await listen(bus.here, channel, bus.here);
      bus.here.publish(channel, 'later');
      expect(listener.messages()).toEqual([]);
      await listener.hasGot(['later']);
    });

    it('does not call a removed listener, and still calls the others', async () => {
      const channel = freshChannel();
      const leaving = await listen(bus.there, channel, bus.here);
      const staying = await listen(bus.there, channel, bus.here);
      bus.here.publish(channel, 'one');
      await staying.hasGot(['one']);
      leaving.stop();
      leaving.stop();
      bus.here.publish(channel, 'two');
      await staying.hasGot(['one', 'two']);
      expect(leaving.messages()).toEqual(['one']);
    });

    it('allows listeners to be added and removed during a delivery', async () => {
      const channel = freshChannel();
      const received: string[] = [];
      let stop = () => {};
      const witness = await listen(bus.there, channel, bus.here);
      stop = bus.there.subscribe(channel, (message) => {
        if (message === PROBE) return;
        received.push(`first ${message}`);
        stop();
        bus.there.subscribe(channel, (later) => received.push(`second ${later}`));
      });
      bus.here.publish(channel, 'a');
      await witness.hasGot(['a']);
      bus.here.publish(channel, 'b');
      await witness.hasGot(['a', 'b']);
      expect(received).toEqual(['first a', 'second b']);
    });

    it('delivers again on a channel that had no listener left', async () => {
      const channel = freshChannel();
      (await listen(bus.there, channel, bus.here)).stop();
      const again = await listen(bus.there, channel, bus.here);
      bus.here.publish(channel, 'again');
      await again.hasGot(['again']);
    });

    it('delivers messages published before close and none after, without errors', async () => {
      const own = await open();
      const channel = freshChannel();
      const listener = await listen(own.there, channel, own.here);
      own.here.publish(channel, 'last words');
      await own.here.close();
      own.here.publish(channel, 'from beyond');
      await listener.hasGot(['last words']);
      await own.there.close();
      await own.dispose();
      expect(listener.messages()).toEqual(['last words']);
    });
  });
}
