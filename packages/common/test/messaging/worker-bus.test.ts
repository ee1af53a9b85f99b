import { createBusRelay, createWorkerBus } from '@cnop/common/messaging/worker-bus';
import { linkEnds } from '@cnop/testing/worker-links';
import { expect, it } from 'vitest';
import { describeMessageBusContract, freshChannel, listen } from './message-bus-contract.ts';

/** Creates buses of workers that share a relay. */
function openBuses(count: number) {
  const relay = createBusRelay();
  const links = Array.from({ length: count }, linkEnds);
  const leave = links.map(({ parent }) => relay.join(parent));
  const buses = links.map(({ worker }) => createWorkerBus(worker));
  return {
    buses,
    leave,
    async dispose() {
      await Promise.all(buses.map((bus) => bus.close()));
      for (const { cut } of links) cut();
    },
  };
}

function twoEnds() {
  const { buses, leave, dispose } = openBuses(2);
  const [here, there] = buses;
  if (!here || !there) throw new Error('two buses were opened');
  return { here, there, leave, dispose };
}

describeMessageBusContract('the bus of workers', async () => twoEnds());

it('a worker gets its own messages once, and those of every other worker', async () => {
  const { buses, dispose } = openBuses(3);
  const [first, second, third] = buses;
  if (!first || !second || !third) throw new Error('three buses were opened');
  const channel = freshChannel();
  const listeners = await Promise.all(buses.map((bus) => listen(bus, channel, first)));
  first.publish(channel, 'from the first');
  for (const listener of listeners) await listener.hasGot(['from the first']);
  third.publish(channel, 'from the third');
  for (const listener of listeners) await listener.hasGot(['from the first', 'from the third']);
  await dispose();
});

it('a worker that has left the relay neither gets nor disturbs the messages of the others', async () => {
  const { here, there, leave, dispose } = twoEnds();
  const channel = freshChannel();
  const listener = await listen(there, channel, here);
  const own = await listen(here, channel, here);
  leave[1]?.();
  here.publish(channel, 'after the end');
  await own.hasGot(['after the end']);
  expect(listener.messages()).toEqual([]);
  await dispose();
});
