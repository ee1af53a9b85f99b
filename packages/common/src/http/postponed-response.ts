import type { IncomingMessage } from 'node:http';
import { ServerResponse } from 'node:http';

/** Responses that are sent together at most. */
export const MAX_POSTPONED_RESPONSES = 64;

type EndArguments = [chunk?: unknown, encoding?: BufferEncoding | (() => void), callback?: () => void];

let postponed: (() => void)[] = [];

/**
 * A response that is sent at the end of the current turn of the event loop, together with the other responses of that
 * turn. Give it to a Node server as its `ServerResponse`.
 *
 * Sending wakes the waiting client, which is the most expensive part of a small request in a virtual machine. When the
 * responses of a turn are sent together, only the first one pays for it. This halves the time of reads.
 * @see docs/adr/0024-responses-at-the-end-of-the-turn.md
 */
export class PostponedResponse<
  Request extends IncomingMessage = IncomingMessage,
> extends ServerResponse<Request> {
  #isEnded = false;

  // @ts-expect-error TS2611: the types call it a property, Node has an accessor.
  override get writableEnded(): boolean {
    return this.#isEnded;
  }

  override end(...args: EndArguments): this {
    this.#isEnded = true;
    postponed.push(() => this.#endNow(args));
    if (postponed.length === 1) setImmediate(endPostponed);
    else if (postponed.length === MAX_POSTPONED_RESPONSES) endPostponed();
    return this;
  }

  /** Sends this response. A response that fails does not stop the others. */
  #endNow(args: EndArguments): void {
    try {
      super.end(...(args as []));
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

function endPostponed(): void {
  const ready = postponed;
  postponed = [];
  for (const end of ready) end();
}
