import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '@cnop/common/config/read-config';
import { createLogger } from '@cnop/common/process/logger';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { runDemo } from '../../src/commands/demo.ts';
import { runVerify } from '../../src/commands/verify.ts';
import type { Standalone } from '../../src/standalone-app.ts';
import { startStandalone } from '../../src/standalone-app.ts';
import { standaloneSettings } from '../../src/standalone-settings.ts';

let dataDir: string;
let standalone: Standalone;
let stub: Server | undefined;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'cnop-demo-'));
  const settings = readConfig(standaloneSettings, {
    DATA_DIR: dataDir,
    PORT: '0',
    BCRYPT_COST: '4',
    PRICE_FEED: 'manual',
  });
  standalone = await startStandalone(settings, createLogger({ level: 'silent' }));
});

afterEach(() => {
  stub?.closeAllConnections();
  stub?.close();
  stub = undefined;
});

afterAll(async () => {
  await standalone.close();
  await rm(dataDir, { recursive: true, force: true });
});

async function demo(url: string, hasColours = false) {
  let text = '';
  const print = (part: string): void => {
    text += part;
  };
  return { exitCode: await runDemo({ url }, { print, hasColours }), text };
}

/** Starts a server that always gives the same answer. */
async function startStub(status: number, body: string): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/problem+json' }).end(body);
  });
  stub = server;
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('the demo plays from sign-up to portfolio, twice, since each run is a new customer', async () => {
  for (const run of [1, 2]) {
    const { exitCode, text } = await demo(standalone.url);
    expect(exitCode, `run ${run}:\n${text}`).toBe(0);
    expect(text).toContain('   POST /api/v1/auth/register -> 201\n');
    expect(text).toContain('Cash is now $10,000.00.');
    expect(text.match(/POST \/api\/v1\/orders -> 201/g)).toHaveLength(4);
    expect(text).toMatch(/no\. +what +amount +balance/);
    expect(text).toMatch(/\$10,000\.00 went in, \$\d[\d,]*\.\d\d is there: /);
    expect(text).not.toContain('\u001B');
  }
});

test('requests are dim and steps bold where the terminal has colours', async () => {
  const { text } = await demo(standalone.url, true);
  expect(text).toContain('\u001B[2mGET /api/v1/portfolio -> 200\u001B[22m');
  expect(text).toContain('\u001B[1m1. Sign up as demo_');
});

test('where no server answers, the demo says how to start one', async () => {
  const url = await startStub(200, '{}');
  stub?.close();
  const { exitCode, text } = await demo(url);
  expect(exitCode).toBe(1);
  expect(text).toContain(`No server answers at ${url}: start one with npm start.`);
});

test('a refusal is shown with its title, its detail and its fields', async () => {
  const problem = {
    title: 'Validation failed',
    detail: 'Two fields are wrong.',
    code: 'VAL_001',
    errors: [
      { field: 'username', message: 'Too long.' },
      { field: 'email', message: 'Not an address.' },
    ],
  };
  const { exitCode, text } = await demo(await startStub(422, JSON.stringify(problem)));
  expect(exitCode).toBe(1);
  expect(text).toContain(
    'Validation failed (422 VAL_001)\nTwo fields are wrong.\n  username: Too long.\n  email: Not an address.\n',
  );
});

test.each([
  [502, '<html>Bad gateway</html>', 'The server answered 502, and not in the form that this demo knows.'],
  [201, '{"hello": "world"}', 'The answer has another form than expected:'],
])('an answer of %s in another form is reported without a stack', async (status, body, expected) => {
  const { exitCode, text } = await demo(await startStub(status, body));
  expect(exitCode).toBe(1);
  expect(text).toContain(expected);
});

test('an invalid address is refused', async () => {
  const { exitCode, text } = await demo('localhost');
  expect(exitCode).toBe(1);
  expect(text).toContain('localhost is no address');
});

test('the store after the demo breaks no rule of money', async () => {
  await standalone.close();
  let text = '';
  const exitCode = await runVerify({ dataDir }, (part) => {
    text += part;
  });
  expect(exitCode, text).toBe(0);
  expect(text).toMatch(/orders +12\n/);
  const settings = readConfig(standaloneSettings, { DATA_DIR: dataDir, PORT: '0', BCRYPT_COST: '4' });
  standalone = await startStandalone(settings, createLogger({ level: 'silent' }));
});
