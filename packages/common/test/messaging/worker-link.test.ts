import { createWorkerLink } from '@cnop/common/messaging/worker-link';
import { expect, it } from 'vitest';

/** A channel to a process that reads nothing until `drain`. */
function stuckChannel() {
  const sent: object[] = [];
  const pending: (() => void)[] = [];
  const receivers: ((message: unknown) => void)[] = [];
  const link = createWorkerLink({
    send(message, done) {
      sent.push(message);
      pending.push(done);
    },
    listen: (listener) => receivers.push(listener),
  });
  const drain = (): void => {
    for (const done of pending.splice(0)) done();
  };
  const receive = (message: unknown): void => {
    for (const receiver of receivers) receiver(message);
  };
  return { link, sent, drain, receive };
}

it('drops messages for a process that does not read, and sends again once it does', () => {
  const { link, sent, drain } = stuckChannel();
  const results = Array.from({ length: 2_000 }, (_, i) => link.send('numbers', i));
  expect(results.filter(Boolean)).toHaveLength(1_000);
  expect(sent).toHaveLength(1_000);
  drain();
  expect(link.send('numbers', 'next')).toBe(true);
  expect(sent.at(-1)).toEqual({ topic: 'numbers', body: 'next' });
});

it('calls the listeners of a topic alone, until they are removed, and ignores other messages', () => {
  const { link, receive } = stuckChannel();
  const received: unknown[] = [];
  const remove = link.on('a', (body) => received.push(body));
  for (const message of [
    { topic: 'a', body: 1 },
    { topic: 'b', body: 2 },
    null,
    'a',
    { body: 3 },
    { cmd: 'x' },
  ]) {
    receive(message);
  }
  remove();
  receive({ topic: 'a', body: 4 });
  expect(received).toEqual([1]);
});
