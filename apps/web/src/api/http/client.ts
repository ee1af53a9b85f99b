import { z } from 'zod';
import { currentAccessToken, renewAccessToken } from '../../session/access-token.ts';
import { ApiProblem, problemOf } from './api-problem.ts';

export const API_PREFIX = '/api/v1';
/** Longer than the time the gateway waits for a service, so that its own answer arrives first. */
const TIMEOUT_MILLISECONDS = 20_000;

/** The cursor of the first page of a list: none. */
export const FIRST_PAGE: string | undefined = undefined;

interface ApiRequest<Schema extends z.ZodType> {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** The path after the prefix, such as `/orders`. */
  readonly path: string;
  /** Query parameters; `undefined` values are left out. */
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  /** The schema of the answer. An answer that does not match is an error. */
  readonly schema: Schema;
  readonly headers?: Readonly<Record<string, string>>;
  /** The same for every attempt of one intent, so that it takes effect once. */
  readonly idempotencyKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Calls the API. On a 401 it renews the token and tries once more; the idempotency key makes that safe for writes.
 * @throws ApiProblem for everything but a successful answer that matches the schema
 */
export async function callApi<Schema extends z.ZodType>(
  request: ApiRequest<Schema>,
): Promise<z.output<Schema>> {
  return parseAnswer(request.schema, await successOf(request));
}

export interface Download {
  readonly content: Blob;
  readonly name: string;
}

interface DownloadRequest extends Pick<ApiRequest<z.ZodType>, 'path' | 'query'> {
  /** The media type that the file must have; an error page of a proxy has another. */
  readonly mediaType: string;
  /** The file name if the answer has none. */
  readonly fallbackName: string;
}

/**
 * Downloads a file. A plain link would send no access token.
 * @throws ApiProblem for everything but a file of that media type
 */
export async function downloadFile(request: DownloadRequest): Promise<Download> {
  const { mediaType, fallbackName } = request;
  const response = await successOf({
    ...request,
    headers: { Accept: `${mediaType}, application/problem+json` },
  });
  const content = await response.blob().catch((error: unknown) => {
    throw unreachable(error);
  });
  if (!content.type.startsWith(mediaType)) throw notUnderstood(response);
  const [, name = fallbackName] =
    /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '') ?? [];
  return { content, name };
}

type SentRequest = Omit<ApiRequest<z.ZodType>, 'schema'>;

/**
 * Returns the response to a request, if it is a success.
 * @throws ApiProblem for every other status, and when there is no response
 */
async function successOf(request: SentRequest): Promise<Response> {
  const token = currentAccessToken();
  let response = await send(request, token);
  if (response.status === 401 && token !== undefined && (await renewAccessToken())) {
    response = await send(request, currentAccessToken());
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    // The message of the API tells a program how to send a token. Sign-in explains its own refusals.
    const hasNoSession = response.status === 401 && request.path !== '/auth/login';
    throw hasNoSession ? new ApiProblem('Your session has ended. Sign in first.', problem) : problem;
  }
  return response;
}

async function send({ method = 'GET', ...request }: SentRequest, token?: string): Promise<Response> {
  const { path, query, body, headers, idempotencyKey, signal } = request;
  const timeout = AbortSignal.timeout(TIMEOUT_MILLISECONDS);
  try {
    return await fetch(API_PREFIX + path + queryText(query), {
      method,
      credentials: 'same-origin',
      headers: {
        Accept: 'application/json',
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    });
  } catch (error) {
    // An aborted request is not a problem to report.
    if (signal?.aborted) throw error;
    throw unreachable(error);
  }
}

function unreachable(cause: unknown): ApiProblem {
  return new ApiProblem('The server could not be reached.', { status: 0, isRetryable: true }, { cause });
}

async function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  response: Response,
): Promise<z.output<Schema>> {
  const body: unknown = await response.json().catch(() => undefined);
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw notUnderstood(response, parsed.error);
}

function notUnderstood({ headers }: Response, cause?: unknown): ApiProblem {
  const message = 'The server answered something that this version of the app does not understand.';
  const requestId = headers.get('x-request-id') ?? undefined;
  return new ApiProblem(message, { status: -1, requestId }, { cause });
}

function queryText(query: ApiRequest<z.ZodType>['query']): string {
  const entries = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  return entries.length === 0 ? '' : `?${new URLSearchParams(entries).toString()}`;
}

/** Returns the schema of one page of a list, newest first. */
export function pageSchema<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), has_more: z.boolean(), next_cursor: z.string().nullable() });
}
