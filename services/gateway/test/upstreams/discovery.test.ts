import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Cleanup } from '@cnop/testing/system/cleanup';
import { createCleanup } from '@cnop/testing/system/cleanup';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ReadSource } from '../../src/upstreams/discovery.ts';
import { createSourceReader } from '../../src/upstreams/discovery.ts';
import type { DnsServer } from './dns-server.ts';
import { startDnsServer } from './dns-server.ts';

let cleanup: Cleanup;
beforeEach(() => {
  cleanup = createCleanup();
});
afterEach(() => cleanup.run());

const originsOf = async (readSource: ReadSource, source: string): Promise<string[]> =>
  (await readSource(new URL(source))).map(({ origin }) => origin);

describe('a name as the source of instances', () => {
  let dns: DnsServer;
  let read: (source: string) => Promise<string[]>;
  beforeEach(async () => {
    dns = await startDnsServer();
    cleanup.defer(() => dns.close());
    const readSource = createSourceReader([dns.address]);
    read = (source) => originsOf(readSource, source);
  });

  it('stands for all its A and AAAA records', async () => {
    dns.setAddresses('order.internal', ['10.0.0.1', '10.0.0.2', 'fd00::1']);
    expect(await read('dns://order.internal:8002')).toEqual([
      'http://10.0.0.1:8002',
      'http://10.0.0.2:8002',
      'http://[fd00::1]:8002',
    ]);
  });

  it('is resolved again each time, whatever its time-to-live is', async () => {
    dns.setAddresses('order.internal', ['10.0.0.1']);
    expect(await read('dns://order.internal:8002')).toEqual(['http://10.0.0.1:8002']);
    dns.setAddresses('order.internal', ['10.0.0.2']);
    expect(await read('dns://order.internal:8002')).toEqual(['http://10.0.0.2:8002']);
  });

  it('stands for the SRV records of the lowest priority, with their ports', async () => {
    dns.setAddresses('a.internal', ['10.0.0.1']);
    dns.setAddresses('b.internal', ['10.0.0.2', 'fd00::2']);
    dns.setServices('_http._tcp.order.internal', [
      { target: 'a.internal', port: 8002, priority: 1, weight: 90 },
      { target: 'b.internal', port: 9002, priority: 1, weight: 10 },
      { target: 'backup.internal', port: 8002, priority: 2, weight: 0 },
    ]);
    expect(await read('srv://_http._tcp.order.internal')).toEqual([
      'http://10.0.0.1:8002',
      'http://10.0.0.2:9002',
      'http://[fd00::2]:9002',
    ]);
  });

  it('cannot be read when it does not exist or the server fails', async () => {
    await expect(read('dns://nowhere.internal:8002')).rejects.toThrow('names no instance');
    await expect(read('srv://_http._tcp.nowhere.internal')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    dns.setAddresses('order.internal', ['10.0.0.1']);
    dns.isBroken = true;
    await expect(read('dns://order.internal:8002')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });
});

describe('a file as the source of instances', () => {
  async function fileWith(text: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), 'cnop-instances-'));
    cleanup.defer(() => rm(folder, { recursive: true }));
    const file = path.join(folder, 'instances.txt');
    await writeFile(file, text);
    return pathToFileURL(file).href;
  }
  const readSource = createSourceReader([]);

  it('has one origin a line', async () => {
    const file = await fileWith('# orders\nhttp://10.0.0.1:8002 # left\n\n  https://order.example.com\r\n');
    expect(await originsOf(readSource, file)).toEqual(['http://10.0.0.1:8002', 'https://order.example.com']);
  });

  it.each([
    ['# nothing yet\n', 'names no instance'],
    ['http://10.0.0.1:8002\n10.0.0.2:8002\n', '"10.0.0.2:8002" is not'],
    ['http://10.0.0.1:8002/orders\n', 'is not'],
  ])('cannot be read when it says %j', async (text, reason) => {
    await expect(originsOf(readSource, await fileWith(text))).rejects.toThrow(reason);
  });

  it('cannot be read when it is missing', async () => {
    await expect(originsOf(readSource, 'file:///nowhere/instances.txt')).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});

it('an origin stands for itself', async () => {
  expect(await originsOf(createSourceReader([]), 'http://10.0.0.1:8002')).toEqual(['http://10.0.0.1:8002']);
});
