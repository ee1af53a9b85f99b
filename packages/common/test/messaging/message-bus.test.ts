import { createInProcessBus } from '@cnop/common/messaging/message-bus';
import { describeMessageBusContract } from './message-bus-contract.ts';

describeMessageBusContract('the bus of one process', async () => {
  const bus = createInProcessBus();
  return { here: bus, there: bus, dispose: () => bus.close() };
});
