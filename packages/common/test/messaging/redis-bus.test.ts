import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import type { MessageBus } from '@cnop/common/messaging/message-bus';
import { createRedisBus } from '@cnop/common/messaging/redis/redis-bus';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeMessageBusContract, freshChannel, listen } from './message-bus-contract.ts';

/** Opens a way to Redis that can break, and then lets no subscription through. */
async function openFragileWire(port: number) {
  const open = new Set<Socket>();
  let onSubscription: (() => void) | undefined;
  const wire = createServer((client) => {
    const redis = connect(port, '127.0.0.1');
    for (const socket of [client, redis]) {
      open.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        redis.destroy();
      });
    }
    redis.pipe(client);
    client.on('data', (chunk: Buffer) => {
      if (onSubscription && chunk.includes('subscribe')) onSubscription();
      else redis.write(chunk);
    });
  });
  wire.listen(0, '127.0.0.1');
  await once(wire, 'listening');
  const { port: own } = wire.address() as AddressInfo;
  return {
    url: `redis://127.0.0.1:${own}`,
    /** Breaks all connections. Resolves when a client tries to subscribe again. */
    async breakOnce(): Promise<void> {
      const tried = new Promise<void>((resolve) => {
        onSubscription = resolve;
      });
      for (const socket of open) socket.destroy();
      await tried;
    },
    close: () => wire.close(),
  };
}

const reason = whyNoRedis();
if (reason !== undefined) process.stderr.write(`skipped: ${reason}\n`);

describe.skipIf(reason !== undefined)('Redis', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.stop());

  const open = (onTrouble: (error: Error) => void = () => undefined): MessageBus =>
    createRedisBus({ url: server.url, onTrouble });

  describeMessageBusContract('the bus over Redis', async () => {
    const [here, there] = [open(), open()];
    return {
      here,
      there,
      dispose: async () => {
        await Promise.all([here.close(), there.close()]);
      },
    };
  });

  it('recovers after an outage, which it reports once', async () => {
    const troubles: Error[] = [];
    const [here, there] = [open((error) => troubles.push(error)), open()];
    const channel = freshChannel();
    const listener = await listen(there, channel, here);
    await server.stop();
    await expect.poll(() => troubles.length).toBeGreaterThan(0);
    for (let i = 0; i < 100; i++) here.publish(channel, 'into the void');
    await server.start();
    await listener.isHeard();
    // Once for each of its two connections.
    expect(troubles.length).toBeLessThanOrEqual(2);
    here.publish(channel, 'again');
    await listener.hasGot(['again']);
    await Promise.all([here.close(), there.close()]);
  });

  it('opens during an outage without waiting, and works after it', async () => {
    await server.stop();
    const [here, there] = [open(), open()];
    const channel = freshChannel();
    const began = performance.now();
    here.publish(channel, 'into the void');
    expect(performance.now() - began).toBeLessThan(50);
    const listening = listen(there, channel, here);
    await server.start();
    const listener = await listening;
    here.publish(channel, 'hello');
    await listener.hasGot(['hello']);
    await Promise.all([here.close(), there.close()]);
  });

  it('tells when its subscriptions are in force again, and loses no message after that', async () => {
    const bus = open();
    const channel = freshChannel();
    const heard: string[] = [];
    bus.subscribe(channel, (message) => heard.push(message));
    let resumed = 0;
    const stop = bus.link?.onUp(() => {
      resumed += 1;
      void server.send(`PUBLISH "cnop:${channel}" ${resumed}`);
    });
    const restart = async () => {
      await server.stop();
      await expect.poll(() => bus.link?.isUp()).toBe(false);
      await server.start();
      await expect.poll(() => bus.link?.isUp()).toBe(true);
    };
    await expect.poll(() => bus.link?.isUp()).toBe(true);
    await restart();
    await restart();
    await expect.poll(() => heard).toEqual(['1', '2', '3']);
    stop?.();
    await restart();
    expect(resumed).toBe(3);
    await bus.close();
  });

  it('can be closed while it subscribes again', async () => {
    const wire = await openFragileWire(Number(server.url.port));
    const bus = createRedisBus({ url: new URL(wire.url), onTrouble: () => undefined });
    bus.subscribe(freshChannel(), () => undefined);
    await expect.poll(() => bus.link?.isUp()).toBe(true);
    await wire.breakOnce();
    // A rejection that nothing handles would fail the run, as it ends a process of the platform.
    await bus.close();
    wire.close();
  });

  it('can be closed during an outage', async () => {
    const bus = open();
    bus.subscribe(freshChannel(), () => undefined);
    await server.stop();
    const began = performance.now();
    await bus.close();
    expect(performance.now() - began).toBeLessThan(1_000);
    await server.start();
  });
});
