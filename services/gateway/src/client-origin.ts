import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import {
  clientAddressOf,
  createTrustedProxies,
  networkOf,
  widerNetworksOf,
} from '@cnop/common/auth/client-address';

/** Where a request came from. */
export interface ClientOrigin {
  readonly address: string;
  /** The narrowest network that limits count. */
  readonly network: string;
  /** The networks around it that limits count as well, the narrower first; none for IPv4. */
  readonly wider: readonly string[];
}

export type ClientOriginOf = (request: IncomingMessage) => ClientOrigin;

/**
 * Makes the function that says where a request came from: the other end of the connection, or whom a trusted proxy
 * there vouches for. For a connection without a proxy the answer never changes, so it is computed once.
 * @param trustedProxies addresses and networks
 * @throws Error for an entry that is neither
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
