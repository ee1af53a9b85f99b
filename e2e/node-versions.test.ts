import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { PROJECT_ROOT } from '@cnop/testing/system/node-process';
import { startServer } from '@cnop/testing/system/servers';
import { afterEach, describe, expect, it } from 'vitest';

// The platform sends the responses of a turn together. This must not change a byte of any response, on no version of Node:
// the same server is asked the same with and without it.

const FOLDER = 'e2e/node-versions';
const VERSIONS: readonly { readonly name: string; readonly node: string }[] = [
  { name: `Node ${process.versions.node}`, node: process.execPath },
  ...['22', '24', '26'].map((major) => ({
    name: `Node ${major}`,
    node: path.join(PROJECT_ROOT, FOLDER, `node_modules/node-${major}/bin/node`),
  })),
];

const request = (method: string, target: string, more = '') =>
  `${method} ${target} HTTP/1.1\r\nhost: a\r\n${more}\r\n`;
const get = (target: string) => request('GET', target);
const CLOSE = 'connection: close\r\n';
const last = (target: string) => request('GET', target, CLOSE);

/** What one connection sends. The server closes it after the last request. */
const CONVERSATIONS: Readonly<Record<string, string>> = {
  'a plain response': last('/plain'),
  'a buffer': last('/buffer'),
  'a large response': last('/large'),
  'no content': last('/empty'),
  'a late response': last('/late'),
  'a failure': last('/failure'),
  'an unknown route': last('/unknown'),
  'a request body':
    request('POST', '/body', `${CLOSE}content-type: text/plain\r\ncontent-length: 4\r\n`) + 'text',
  HEAD: request('HEAD', '/large', CLOSE),
  'HTTP 1.0': 'GET /plain HTTP/1.0\r\n\r\n',
  'a stream': last('/stream'),
  'a stream that fails at once': last('/broken-stream'),
  'server-sent events': last('/events'),
  'pipelined requests on a kept connection': [
    ...['/plain', '/late', '/events', '/empty', '/stream'].map(get),
    request('HEAD', '/plain'),
    last('/plain'),
  ].join(''),
  'a malformed request after a good one': `${get('/late')}nonsense\r\n\r\n`,
};

const cleanup = createCleanup();
afterEach(() => cleanup.run());

describe.each(VERSIONS)('$name', ({ node }) => {
  const isMissing = !existsSync(node);

  async function start(mode: 'together' | 'at once'): Promise<string> {
    const server = await startServer({
      script: `${FOLDER}/response-server.mjs`,
      args: [mode],
      cwd: PROJECT_ROOT,
      node,
    });
    cleanup.defer(() => server.process.stop());
    return server.url;
  }

  it.skipIf(isMissing)(
    `sends the same bytes together and at once${isMissing ? ` (skipped: run npm ci in ${FOLDER})` : ''}`,
    async () => {
      const [together, atOnce] = await Promise.all([start('together'), start('at once')]);
      for (const [name, sent] of Object.entries(CONVERSATIONS)) {
        const answer = await converse(together, sent);
        expect(answer, name).toMatch(/^HTTP\/1\.1 \d{3} /);
        expect(answer === (await converse(atOnce, sent)), `the same answer to ${name}`).toBe(true);
      }
      // Both at the end: the servers work on after clients that left, and only one of them held a response back.
      for (const url of [together, atOnce]) {
        await Promise.all(Object.values(CONVERSATIONS).map((sent) => leaveEarly(url, sent)));
        await converse(url, last('/watched'));
      }
      expect(await converse(together, last('/was-held'))).toMatch(/true$/);
      expect(await converse(atOnce, last('/was-held'))).toMatch(/false$/);
    },
  );
});

/** Returns the bytes that a server sends on one connection, without the time. */
async function converse(url: string, sent: string): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(sent);
  return (await text(socket)).replaceAll(/^date: .*\r\n/gim, '');
}

/** Sends a request and closes the connection without waiting for the response. */
async function leaveEarly(url: string, sent: string): Promise<void> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  await once(socket, 'connect');
  socket.write(sent, () => socket.resetAndDestroy());
  await once(socket, 'close');
}
