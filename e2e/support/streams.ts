import type { Account } from '@cnop/testing/system/api-client';
import { expectStatus } from '@cnop/testing/system/api-client';
import type { EventStream, Frame } from '@cnop/testing/system/event-stream';
import { openEventStream } from '@cnop/testing/system/event-stream';

const streams: EventStream[] = [];

/** Closes every open stream; for `afterEach`. */
export function cutStreams(): void {
  for (const stream of streams.splice(0)) stream.cut();
}

/** Opens the event stream of an account. */
export async function open(
  origin: string,
  { token }: Account,
  { query = '', lastEventId }: { readonly query?: string; readonly lastEventId?: string } = {},
): Promise<EventStream> {
  const headers = { authorization: `Bearer ${token}` };
  const stream = await openEventStream(`${origin}/stream${query}`, { headers, lastEventId });
  streams.push(stream);
  return stream;
}

export const deposit = async ({ send }: Account) =>
  expectStatus(await send('POST', '/balance/deposit', { body: { amount: '1.00' } }), 201);
export const hello = (stream: EventStream) => stream.waitFor(({ event }) => event === 'hello');
export const withSeq =
  (seq: number) =>
  ({ event, id }: Frame) =>
    event !== 'hello' && id === String(seq);
