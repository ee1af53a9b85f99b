import { once } from 'node:events';
import type { Socket } from 'node:net';
import { connect, createServer } from 'node:net';
import { freePort } from '@cnop/testing/system/free-port';

/** The network between browser and server, controlled by the test. */
export interface Wire {
  /** The URL for the browser. */
  readonly url: string;
  /** Breaks every connection and refuses new ones. */
  cut(): Promise<void>;
  /** Keeps every connection and drops all answers, as when a laptop leaves its network. */
  stall(): void;
  /** Works as before. Broken connections stay broken. */
  mend(): Promise<void>;
}

interface Line {
  readonly browser: Socket;
  readonly server: Socket;
}

/**
 * Creates a wire to a local server.
 * @returns the wire, with `close`
 */
export async function layWire(target: URL): Promise<Wire & { close(): Promise<void> }> {
  const port = await freePort();
  const lines = new Set<Line>();
  let isStalled = false;

  const listener = createServer((browser) => {
    const server = connect(Number(target.port), target.hostname);
    const line = { browser, server };
    lines.add(line);
    const end = (): void => {
      lines.delete(line);
      browser.destroy();
      server.destroy();
    };
    for (const socket of [browser, server]) socket.setNoDelay(true).on('error', end).on('close', end);
    browser.pipe(server);
    server.pipe(browser);
    if (isStalled) hold(line);
  });

  const listen = async (): Promise<void> => {
    if (listener.listening) return;
    listener.listen(port, '127.0.0.1');
    await once(listener, 'listening');
  };
  const cut = async (): Promise<void> => {
    if (!listener.listening) return;
    const closed = once(listener, 'close');
    listener.close();
    for (const { browser } of lines) browser.destroy();
    await closed;
  };
  await listen();

  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    stall() {
      isStalled = true;
      lines.forEach(hold);
    },
    async mend() {
      // A second pipe to the same socket would send every byte twice.
      if (isStalled) for (const { browser, server } of lines) server.pipe(browser);
      isStalled = false;
      await listen();
    },
    close: cut,
  };
}

function hold({ server }: Line): void {
  server.unpipe();
  server.pause();
}
