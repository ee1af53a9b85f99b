import { z } from 'zod';
import { DemoFailure, refusalText } from './demo-failure.ts';

const API_PREFIX = '/api/v1';
const REQUEST_TIMEOUT_MILLISECONDS = 15_000;

export interface ApiCall<T> {
  readonly method: 'GET' | 'POST';
  /** Below the API's prefix. */
  readonly path: string;
  readonly body?: object;
  /** Makes a repeated command harmless. */
  readonly idempotencyKey?: string;
  readonly answer: z.ZodType<T>;
}

export interface ApiClient {
  /** @throws DemoFailure when the server refuses, or none answers */
  call<T>(call: ApiCall<T>): Promise<T>;
  /** Sends an access token with every later call. */
  signIn(accessToken: string): void;
}

/**
 * Talks to the platform as any client would.
 * @param onAnswer told of every answer, refusals included
 */
export function createApiClient(
  baseUrl: string,
  onAnswer: (method: string, path: string, status: number) => void,
): ApiClient {
  let authorization: string | undefined;
  return {
    signIn(accessToken) {
      authorization = `Bearer ${accessToken}`;
    },
    async call({ method, path, body, idempotencyKey, answer }) {
      const response = await send(new URL(API_PREFIX + path, baseUrl), {
        method,
        headers: {
          ...(body && { 'content-type': 'application/json' }),
          ...(authorization !== undefined && { authorization }),
          ...(idempotencyKey !== undefined && { 'idempotency-key': idempotencyKey }),
        },
        ...(body && { body: JSON.stringify(body) }),
      });
      onAnswer(method, API_PREFIX + path, response.status);
      const content = await response.json().catch(() => undefined);
      if (!response.ok) throw new DemoFailure(refusalText(response.status, content));
      const parsed = answer.safeParse(content);
      if (parsed.success) return parsed.data;
      throw new DemoFailure(`The answer has another form than expected:\n${z.prettifyError(parsed.error)}`);
    },
  };
}

async function send(url: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...request, signal: AbortSignal.timeout(REQUEST_TIMEOUT_MILLISECONDS) });
  } catch (cause) {
    throw new DemoFailure(`No server answers at ${url.origin}: start one with npm start.`, { cause });
  }
}
