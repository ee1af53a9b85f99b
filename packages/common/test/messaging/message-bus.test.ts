import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { expect, it, vi } from 'vitest';
import { describeMessageBusContract } from './message-bus-contract.ts';

describeMessageBusContract('the bus of one process', async () => {
  const bus = createInProcessBus();
  return { here: bus, there: bus, dispose: () => bus.close() };
});

it('the bus of one process delivers a message before the responses of its turn', async () => {
  const bus = createInProcessBus();
  const seen: string[] = [];
  bus.subscribe('assets', (message) => seen.push(message));
  bus.publish('assets', 'BTC');
  // The responses of a turn are sent by the first `setImmediate` after the commit.
  setImmediate(() => seen.push('response'));
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(seen).toEqual(['BTC', 'response']);
});
