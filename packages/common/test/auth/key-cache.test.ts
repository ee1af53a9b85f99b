import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { KeyCache } from '@cnop/common/auth/key-cache';
import { createFileKeyCache } from '@cnop/common/auth/key-cache';
import { openKeyCache } from '@cnop/common/process/token-keys';
import type { RedisServer } from '@cnop/testing/redis-server';
import { startRedisServer, whyNoRedis } from '@cnop/testing/redis-server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

const SECRET = 'a secret of the gateway and services';
const NEW_SECRET = 'another secret, which replaces the first';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'cnop-cache-'));
});
afterEach(() => rm(folder, { recursive: true }));

const open = (settings: Partial<Parameters<typeof openKeyCache>[0]> = {}) =>
  openKeyCache({ JWKS_URL: [], DATA_DIR: folder, ...settings });

describe('a cache in a file', () => {
  it('lies in DATA_DIR by default, readable only by its owner', async () => {
    const cache = await open();
    expect(await cache?.read()).toBeUndefined();
    await cache?.write('one');
    await cache?.write('two');
    expect(await (await open())?.read()).toBe('two');
    expect(await readdir(path.join(folder, 'keys'))).toEqual(['jwks-cache.json']);
    expect((await stat(path.join(folder, 'keys', 'jwks-cache.json'))).mode & 0o777).toBe(0o600);
  });

  it('is refused when others can write to it', async () => {
    const file = path.join(folder, 'cache');
    await writeFile(file, 'planted');
    await chmod(file, 0o666);
    await expect(createFileKeyCache(file).read()).rejects.toThrow('other users can write');
    await chmod(file, 0o644);
    await expect(createFileKeyCache(file).read()).resolves.toBe('planted');
  });

  it('is refused when it is too large or a folder', async () => {
    const file = path.join(folder, 'cache');
    await writeFile(file, 'x'.repeat(65_537));
    await expect(createFileKeyCache(file).read()).rejects.toThrow('no cache');
    await expect(createFileKeyCache(folder).read()).rejects.toThrow('no cache');
  });

  it('is chosen before Redis when it is named, and switched off by name', async () => {
    const redis = { REDIS_URL: new URL('redis://127.0.0.1:1'), GATEWAY_SECRET: [SECRET] };
    const file = path.join(folder, 'named');
    await (await open({ ...redis, JWKS_CACHE_FILE: file }))?.write('text');
    expect(await createFileKeyCache(file).read()).toBe('text');
    expect(await open({ ...redis, JWKS_CACHE_FILE: 'off' })).toBeUndefined();
    // Without a secret, an entry in Redis would prove nothing.
    await (await open({ REDIS_URL: redis.REDIS_URL }))?.write('text');
    expect(await (await open())?.read()).toBe('text');
  });
});

const reason = whyNoRedis();
describe.skipIf(reason !== undefined)(`a cache in Redis${reason ? ` (${reason})` : ''}`, () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedisServer();
  });
  afterAll(() => server?.stop());

  const openRedis = async (...secrets: string[]): Promise<KeyCache> => {
    const cache = await open({ REDIS_URL: server.url, GATEWAY_SECRET: secrets });
    if (!cache) throw new Error('there is no cache');
    return cache;
  };

  it('is shared by all processes with the secret, also while it is replaced', async () => {
    const cache = await openRedis(SECRET);
    expect(await cache.read()).toBeUndefined();
    await cache.write('{"keys": "a.b"}');
    expect(await (await openRedis(NEW_SECRET, SECRET)).read()).toBe('{"keys": "a.b"}');
    expect(await (await openRedis(NEW_SECRET)).read()).toBeUndefined();
  });

  it('is refused when its entry was not written with the secret', async () => {
    const cache = await openRedis(SECRET);
    await server.send('FLUSHALL');
    await cache.write('genuine');
    const plant = "redis.call('SET', redis.call('KEYS', 'cnop:jwks:*')[1], 'A.planted')";
    await server.send(`EVAL "${plant}" 0`);
    await expect(cache.read()).rejects.toThrow('wrong signature');
  });

  it('fails quickly while the server is away', async () => {
    const cache = await openRedis(SECRET);
    await server.stop();
    const began = performance.now();
    await expect(cache.read()).rejects.toThrow(/closed|ECONNREFUSED/);
    await expect(cache.write('text')).rejects.toThrow(/closed|ECONNREFUSED/);
    expect(performance.now() - began).toBeLessThan(30_000);
    await server.start();
  });
});
