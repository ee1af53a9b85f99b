// Counts the project files that run between the request of a market order and its answer, by the precise coverage of V8 in
// a built server of one process with manual prices.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** Files that also run between orders differ from order to order. A file counts when it ran for each of them. */
const ORDERS = 20;
/** Work that follows a start, such as writing a price history, comes in bursts: the orders are spread over seconds. */
const PAUSE_MILLISECONDS = 100;
const READY_TIMEOUT_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 50;
const PASSWORD = 'Analytical-Engine-1843';

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

function startServer(root, port, dataDir) {
  return fork(path.join(root, 'apps/standalone/dist/cli.js'), ['start'], {
    cwd: dataDir,
    execArgv: ['--import', path.join(import.meta.dirname, 'coverage-hook.mjs')],
    env: {
      PATH: process.env.PATH,
      DATA_DIR: dataDir,
      PORT: String(port),
      PRICE_FEED: 'manual',
      ADMIN_PASSWORD: PASSWORD,
      BCRYPT_COST: '4',
      LOG_LEVEL: 'error',
    },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/** @throws Error when the server does not get ready in time */
async function untilReady(url, server) {
  const deadline = performance.now() + READY_TIMEOUT_MILLISECONDS;
  while (performance.now() < deadline && server.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.status === 200) return;
    await wait(POLL_MILLISECONDS);
  }
  throw new Error('The server did not get ready. Run `npm run build` first.');
}

/** Returns a function that sends a request. @throws Error for any answer but 2xx */
function createApi(url) {
  return async (method, route, { token, body } = {}) => {
    const answer = await fetch(`${url}/api/v1${route}`, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${route}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };
}

async function signUpWithCash(api) {
  const credentials = { username: 'ada', password: PASSWORD };
  await api('POST', '/auth/register', {
    body: { ...credentials, email: 'ada@example.com', first_name: 'Ada', last_name: 'Lovelace' },
  });
  const { access_token: token } = await api('POST', '/auth/login', { body: credentials });
  await api('POST', '/balance/deposit', { token, body: { amount: '100000.00' } });
  return token;
}

/** Starts a period (`reset`), or returns the script URLs that ran from there to the response to an order (`take`). */
async function askForCoverage(server, message) {
  const answered = once(server, 'message');
  server.send(message);
  const [urls] = await answered;
  return urls;
}

/** Returns the path of a source from the root of the project, or undefined for a library or a module of Node. */
function sourceOf(root, url) {
  if (!url.startsWith('file:')) return undefined;
  const file = path.relative(root, fileURLToPath(url));
  if (file.startsWith('..') || file.includes('node_modules') || !file.includes('/dist/')) return undefined;
  return file.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
}

async function measure(root, server, api) {
  const token = await signUpWithCash(api);
  const body = { asset_id: 'BTC', order_type: 'market_buy', quantity: '0.001' };
  const placeOrder = () => api('POST', '/orders', { token, body });
  // The first order of a process also loads and fills caches.
  await placeOrder();
  let files;
  for (let order = 0; order < ORDERS; order += 1) {
    await wait(PAUSE_MILLISECONDS);
    await askForCoverage(server, 'reset');
    await placeOrder();
    const ran = new Set((await askForCoverage(server, 'take')).map((url) => sourceOf(root, url)));
    files = new Set([...ran].filter((file) => files?.has(file) ?? true));
  }
  files.delete(undefined);
  return [...files].toSorted((one, other) => one.localeCompare(other));
}

/** Returns the paths of the project files that run for a market order, sorted. */
export async function filesOfOneOrder(root) {
  const dataDir = await mkdtemp(path.join(tmpdir(), 'cnop-rooms-'));
  const port = await freePort();
  const server = startServer(root, port, dataDir);
  const url = `http://127.0.0.1:${port}`;
  try {
    await untilReady(url, server);
    return await measure(root, server, createApi(url));
  } finally {
    if (server.exitCode === null) {
      server.kill('SIGTERM');
      await once(server, 'exit');
    }
    await rm(dataDir, { recursive: true, force: true });
  }
}
