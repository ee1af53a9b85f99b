import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { API_PREFIX, ROUTE_TABLE } from '@cnop/gateway/route-table';
import type { RawRequest } from '@cnop/testing/system/raw-request';
import { BODY_ROUTES } from './hostile-routes.ts';

/** A route of the public API. */
export type Route = (typeof ROUTE_TABLE)[number];

/** Valid ids that do not exist. */
export const UNKNOWN = {
  asset_id: 'NO_SUCH-1',
  id: 'no_such-id-1',
  username: 'no-such_user',
  year: '1999',
  month: '1999-01',
} as const;

/** Returns the public path of a route, with ids that do not exist. */
export function pathOf(path: string): string {
  return API_PREFIX + path.replaceAll(/:(\w+)/g, (_, name: string) => UNKNOWN[name as keyof typeof UNKNOWN]);
}

/** Returns a valid body of a route, so that only the path or the query can be wrong. */
export function goodBodyOf({ method, path }: Pick<Route, 'method' | 'path'>): Partial<RawRequest> {
  const known = BODY_ROUTES.find((each) => each.method === method && each.route === path);
  return known === undefined ? {} : jsonOf(known.good);
}

/** Sends bytes unchanged and returns the answer until the server closes the connection. */
export async function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.write(bytes);
  return text(socket);
}

/** Returns the body and the headers of a JSON request. */
export function jsonOf(body: unknown, headers: Readonly<Record<string, string>> = {}): Partial<RawRequest> {
  return { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** Returns whether a route is one of orders. */
export function isOrder({ path }: Route): boolean {
  return path.startsWith('/orders');
}

/** Returns whether a path also matches another route with a parameter. */
export function isTakenBySibling(method: string, path: string): boolean {
  return ROUTE_TABLE.some(
    (other) =>
      other.path !== path &&
      (other.method === method || (method === 'HEAD' && other.method === 'GET')) &&
      new RegExp(`^${other.path.replaceAll(/:\w+/g, '[^/]+')}$`).test(path),
  );
}
