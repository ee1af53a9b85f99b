import type { Agent, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const TIMEOUT_MILLISECONDS = 60_000;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The body as it came, for comparing bytes. */
  readonly text: string;
  /** The body parsed; what it holds is for the test to check. */
  json<T = Record<string, unknown>>(): T;
}

export interface RawRequest {
  readonly method: string;
  /** Sent as it is, without being made a well-formed path. */
  readonly path: string;
  /** Sent as they are; a list sends a header more than once. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  /** In chunks, without saying how long it is. */
  readonly isChunked?: boolean;
  /** Keeps connections for later requests; without it, each request has one of its own. */
  readonly agent?: Agent;
}

/** Sends a request as it is, also what a well-behaved client would not. */
export function sendRaw(
  origin: string,
  { method, path, headers = {}, body, isChunked, agent }: RawRequest,
): Promise<Answer> {
  const { hostname, port } = new URL(origin);
  const bytes = body === undefined ? undefined : Buffer.from(body);
  const framing = isChunked ? { 'transfer-encoding': 'chunked' } : { 'content-length': bytes?.length };
  return new Promise((resolve, reject) => {
    const sent = request(
      {
        hostname,
        port,
        method,
        path,
        headers: { ...(bytes && framing), ...headers },
        agent: agent ?? false,
        timeout: TIMEOUT_MILLISECONDS,
      },
      (response) => {
        text(response).then(
          (body) => resolve(answerOf(response.statusCode ?? 0, response.headers, body)),
          reject,
        );
      },
    );
    sent.on('timeout', () => sent.destroy(new Error(`${method} ${path} was not answered in time`)));
    sent.on('error', reject);
    sent.end(bytes);
  });
}

function answerOf(status: number, headers: OutgoingHttpHeaders, body: string): Answer {
  const entries = Object.entries(headers).map(([name, value]): [string, string] => [name, String(value)]);
  return { status, headers: new Headers(entries), text: body, json: <T>() => JSON.parse(body) as T };
}
