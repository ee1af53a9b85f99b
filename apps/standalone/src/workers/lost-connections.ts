// cspell:ignore newconn
import type { ChildProcess } from 'node:child_process';
import { z } from 'zod';

const offerSchema = z.object({ cmd: z.literal('NODE_CLUSTER'), act: z.literal('newconn'), seq: z.number() });
const replySchema = z.object({ cmd: z.literal('NODE_CLUSTER'), ack: z.number() });
const handleSchema = z.object({ close: z.custom<() => void>((value) => typeof value === 'function') });

/**
 * Closes the connections that were passed to a worker and that it never took, because it was killed before. Node keeps them
 * open for ever, so that their clients would wait until their own timeout instead of connecting again. The messages are
 * those of `node:cluster`; if a later version changes them, this does nothing.
 */
export function closeLostConnections(child: ChildProcess): void {
  const offered = new Map<number, () => void>();
  const send = child.send;
  Object.assign(child, {
    send(...args: readonly unknown[]): unknown {
      const [message, connection] = args;
      const offer = offerSchema.safeParse(message);
      const handle = handleSchema.safeParse(connection);
      if (offer.success && handle.success) {
        const { close } = handle.data;
        offered.set(offer.data.seq, () => Reflect.apply(close, connection, []));
      }
      return Reflect.apply(send, child, args);
    },
  });
  child.on('internalMessage', (message: unknown) => {
    const reply = replySchema.safeParse(message);
    if (reply.success) offered.delete(reply.data.ack);
  });
  child.once('exit', () => {
    for (const close of offered.values()) close();
  });
}
