import type { MessagePort } from 'node:worker_threads';
import { MessageChannel } from 'node:worker_threads';
import type { WorkerLink } from '@cnop/common/messaging/worker-link';
import { createWorkerLink } from '@cnop/common/messaging/worker-link';

/** The two ends of a link, in one process. */
export interface LinkedEnds {
  readonly worker: WorkerLink;
  readonly parent: WorkerLink;
  /** Closes the link; messages on their way are lost. */
  cut(): void;
}

/** Creates a link whose messages are copied and arrive later, as between processes. */
export function linkEnds(): LinkedEnds {
  const { port1, port2 } = new MessageChannel();
  return { worker: linkOver(port1), parent: linkOver(port2), cut: () => port1.close() };
}

function linkOver(port: MessagePort): WorkerLink {
  return createWorkerLink({
    send(message, done) {
      port.postMessage(message);
      setImmediate(done);
    },
    listen: (listener) => void port.on('message', listener),
  });
}
