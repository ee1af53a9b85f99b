import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { expect, it, vi } from 'vitest';
import { describeMessageBusContract } from './message-bus-contract.ts';

describeMessageBusContract('the bus of one process', async () => {
  const bus = createInProcessBus();
  return { here: bus, there: bus, dispose: () => bus.close() };
});

it('the bus of one process delivers a message after the responses of its turn', async () => {
  const bus = createInProcessBus();
  const seen: string[] = [];
  bus.subscribe('events', (message) => seen.push(message));
  bus.publish('events', 'ada');
  setImmediate(() => seen.push('response'));
  await vi.waitFor(() => expect(seen).toHaveLength(2));
  expect(seen).toEqual(['response', 'ada']);
});
