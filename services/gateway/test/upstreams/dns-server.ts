import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import type { Answer, SrvData } from 'dns-packet';
import { decode, encode } from 'dns-packet';

/** Long enough to show that a resolver does not cache. */
const TTL_SECONDS = 300;
const SERVER_FAILURE = 2;
const NAME_ERROR = 3;

/** A DNS server whose records a test changes. */
export interface DnsServer {
  /** Address and port, such as `127.0.0.1:5353`. */
  readonly address: string;
  /** Sets the A and AAAA records of a name. */
  setAddresses(name: string, addresses: readonly string[]): void;
  /** Sets the SRV records of a name. */
  setServices(name: string, services: readonly SrvData[]): void;
  /** While it is true, the answer to every question is SERVFAIL. */
  isBroken: boolean;
  close(): void;
}

/** Starts a DNS server without records. */
export async function startDnsServer(): Promise<DnsServer> {
  const records = new Map<string, readonly Answer[]>();
  const socket = createSocket('udp4');
  const ttl = TTL_SECONDS;
  const server = {
    address: '',
    isBroken: false,
    setAddresses(name: string, addresses: readonly string[]) {
      const answers = addresses.map(
        (data) => ({ name, ttl, data, type: isIPv6(data) ? 'AAAA' : 'A' }) as const,
      );
      records.set(name, answers);
    },
    setServices(name: string, services: readonly SrvData[]) {
      records.set(
        name,
        services.map((data) => ({ name, ttl, data, type: 'SRV' })),
      );
    },
    close: () => void socket.close(),
  };
  socket.on('message', (message, peer) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    const known = records.get(question?.name ?? '');
    const code = server.isBroken ? SERVER_FAILURE : known ? 0 : NAME_ERROR;
    const answers = server.isBroken ? [] : (known ?? []).filter(({ type }) => type === question?.type);
    socket.send(encode({ type: 'response', id, flags: code, questions, answers }), peer.port, peer.address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  server.address = `127.0.0.1:${socket.address().port}`;
  return server;
}
