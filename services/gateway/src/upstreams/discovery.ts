import { Resolver } from 'node:dns/promises';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const QUERY_TIMEOUT_MILLISECONDS = 1_000;
const QUERY_TRIES = 2;
/** A name without records of a type, or a server that does not know the type. */
const NO_RECORDS = new Set(['ENODATA', 'ENOTFOUND', 'ENOTIMP']);

/**
 * Reads the origins of the instances that a source names.
 * @throws Error when the source cannot be read or names none
 */
export type ReadSource = (source: URL) => Promise<readonly URL[]>;

/**
 * Creates the reader of all kinds of sources:
 *
 * - `http://10.0.0.1:8000` and `https://…` are an instance themselves;
 * - `dns://order.internal:8002` names the A and AAAA records of a host, all with this port;
 * - `srv://_http._tcp.order.internal` names SRV records (RFC 2782). Those of the lowest priority are used; weights are not;
 * - `file:///etc/cnop/orders.txt` has one origin a line, and comments after `#`.
 *
 * Names are resolved by DNS servers alone, without the hosts file and search domains of the machine.
 * @param dnsServers addresses with an optional port; without any, those of the machine
 */
export function createSourceReader(dnsServers: readonly string[]): ReadSource {
  const resolver = new Resolver({ timeout: QUERY_TIMEOUT_MILLISECONDS, tries: QUERY_TRIES });
  if (dnsServers.length > 0) resolver.setServers(dnsServers);

  async function resolveHost(host: string): Promise<string[]> {
    const [v4, v6] = await Promise.all([
      resolver.resolve4(host).catch(emptyWithoutRecords),
      resolver.resolve6(host).catch(emptyWithoutRecords),
    ]);
    return [...v4, ...v6.map((address) => `[${address}]`)];
  }

  async function resolveService(name: string): Promise<string[]> {
    const records = await resolver.resolveSrv(name);
    const best = Math.min(...records.map(({ priority }) => priority));
    const hosts = await Promise.all(
      records
        .filter(({ priority }) => priority === best)
        .map(async (record) =>
          (await resolveHost(record.name)).map((address) => `${address}:${record.port}`),
        ),
    );
    return hosts.flat();
  }

  async function readOrigins(source: URL): Promise<URL[]> {
    switch (source.protocol) {
      case 'dns:':
        return (await resolveHost(source.hostname)).map(
          (address) => new URL(`http://${address}:${source.port}`),
        );
      case 'srv:':
        return (await resolveService(source.hostname)).map((address) => new URL(`http://${address}`));
      case 'file:':
        return parseInstanceFile(await readFile(fileURLToPath(source), 'utf8'));
      default:
        return [source];
    }
  }

  return async (source) => {
    const origins = await readOrigins(source);
    if (origins.length === 0) throw new Error(`${source.href} names no instance`);
    return origins;
  };
}

function emptyWithoutRecords(error: unknown): string[] {
  if (error instanceof Error && 'code' in error && NO_RECORDS.has(String(error.code))) return [];
  throw error;
}

/** @throws Error that names the first line that is not an origin */
function parseInstanceFile(text: string): URL[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim());
  return lines.filter(Boolean).map((line) => {
    const origin = URL.canParse(line) ? new URL(line) : undefined;
    const isOrigin = origin && /^https?:$/.test(origin.protocol) && origin.pathname === '/';
    if (!isOrigin) throw new Error(`"${line}" is not an http or https origin`);
    return origin;
  });
}
