import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  clientAddressOf,
  createTrustedProxies,
  networkOf,
  widerNetworksOf,
} from '@cnop/common/auth/client-address';

/** The address that a request came from, and its networks. */
export interface ClientOrigin {
  readonly address: string;
  /** The narrowest network that rate limits count. */
  readonly network: string;
  /** The wider networks that rate limits count as well, narrowest first; none for IPv4. */
  readonly wider: readonly string[];
}

export type ClientOriginOf = (request: IncomingMessage) => ClientOrigin;

/**
 * Makes the function that returns the origin of a request: the peer of the connection, or the client that a trusted proxy
 * reports. Without a proxy the origin of a connection never changes, so it is computed once.
 * @param trustedProxies addresses and networks
 * @throws Error for an entry that is neither an address nor a network
 */
export function createClientOrigin(trustedProxies: readonly string[]): ClientOriginOf {
  const trusted = createTrustedProxies(trustedProxies);
  const byConnection = new WeakMap<Socket, ClientOrigin>();

  return ({ socket, headers }) => {
    const known = byConnection.get(socket);
    if (known) return known;
    const peer = clientAddressOf(socket.remoteAddress, undefined, trusted);
    if (trusted.has(peer)) return originOf(clientAddressOf(peer, headers['x-forwarded-for'], trusted));
    const origin = originOf(peer);
    byConnection.set(socket, origin);
    return origin;
  };
}

function originOf(address: string): ClientOrigin {
  return { address, network: networkOf(address), wider: widerNetworksOf(address) };
}
