import type { Agent, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';

const TIMEOUT_MILLISECONDS = 60_000;

/** A response. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  /** The raw body, for comparing bytes. */
  readonly text: string;
  /** Returns the parsed body; the test checks its content. */
  json<T = Record<string, unknown>>(): T;
}

/** A request that is sent without any checks. */
export interface RawRequest {
  readonly method: string;
  /** Sent unchanged, even when it is not a valid path. */
  readonly path: string;
  /** Sent unchanged; a list sends a header more than once. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: Uint8Array | string;
  /** Sends the body in chunks, without `Content-Length`. */
  readonly isChunked?: boolean;
  /** Keeps connections for later requests; without it, each request opens a connection. */
  readonly agent?: Agent;
}

/** Sends a request unchanged, even one that a correct client would not send. */
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
