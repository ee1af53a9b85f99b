import type { FastifyInstance } from 'fastify';

/** Responses that are sent together at most. */
export const MAX_RESPONSES_TOGETHER = 64;

let held: (() => void)[] = [];

/**
 * Makes an app send its responses at the end of the current turn of the event loop, together with the other responses of
 * that turn, also those of other apps. A streamed body is not held back.
 *
 * Sending wakes the waiting client, which is the most expensive part of a small request in a virtual machine. When the
 * responses of a turn are sent together, only the first one pays for it.
 * @see docs/adr/0043-responses-are-held-in-a-hook.md
 */
export function sendTogether(app: FastifyInstance): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    // A stream may fail while Fastify does not listen to it yet.
    if (typeof payload !== 'string' && !Buffer.isBuffer(payload)) {
      done(null, payload);
      return;
    }
    held.push(() => {
      try {
        done(null, payload);
      } catch (error) {
        // Fastify catches this only within a handler. One failed response does not stop the others.
        reply.log.error({ err: error, request_id: reply.request.id }, 'a response could not be sent');
        reply.raw.destroy();
      }
    });
    if (held.length === 1) setImmediate(sendHeld);
    else if (held.length === MAX_RESPONSES_TOGETHER) sendHeld();
  });
}

function sendHeld(): void {
  const ready = held;
  held = [];
  for (const send of ready) send();
}
