import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Deadline, Loss } from './upstream-failures.ts';
import { ClientGoneError, ConnectionFailedError, UpstreamTimeoutError } from './upstream-failures.ts';

/** A request to a service, which can be sent to one instance after another. */
export interface OutgoingRequest {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
  /** The longest pause within the response body; 0 means no limit. */
  readonly bodyTimeoutMilliseconds: number;
}

/** A response that has started. */
export interface StreamedResponse {
  readonly statusCode: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Readable;
}

/** Errors in the use of the HTTP client, which say nothing about the service. */
const MISUSE_CODES = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);

/**
 * Sends a request and resolves when its response starts.
 *
 * Whether the service may have received a lost request is known from two facts. undici calls `onRequestStart` immediately
 * before it writes the first byte of a request to a connection, and never before there is one. And an error of the system
 * call `write` means that the kernel did not take all bytes of the request, of which services execute none before they have
 * read it whole. Any other loss after `onRequestStart` is ambiguous, such as a server that closes a kept-alive connection
 * while the request is on its way.
 * @throws ConnectionFailedError (502) with its `loss`
 * @throws UpstreamTimeoutError (504) when the deadline passes
 * @throws ClientGoneError when the client disconnects
 */
export function sendRequest(
  dispatcher: Dispatcher,
  { bodyTimeoutMilliseconds, ...request }: OutgoingRequest,
  deadline: Deadline,
): Promise<StreamedResponse> {
  return new Promise((resolve, reject) => {
    let connection: Dispatcher.DispatchController | undefined;
    let body: Readable | undefined;
    let isComplete = false;
    deadline.onPass((reason) => {
      // A request that waits for a connection is aborted when it gets one.
      if (connection) connection.abort(reason);
      else reject(reason);
    });
    const options = { ...request, headersTimeout: 0, bodyTimeout: bodyTimeoutMilliseconds };
    dispatcher.dispatch(options, {
      onRequestStart(controller) {
        connection = controller;
        const reason = deadline.reason();
        if (reason) controller.abort(reason);
      },
      onResponseStart(controller, statusCode, headers) {
        // An informational response precedes the final one.
        if (statusCode < 200) return;
        body = new Readable({
          read: () => controller.resume(),
          destroy(error, done) {
            if (!isComplete) controller.abort(error ?? new ClientGoneError());
            done(error);
          },
        });
        // The reader of the body may have no interest in how it ends.
        body.on('error', () => undefined);
        resolve({ statusCode, headers, body });
      },
      onResponseData(controller, chunk) {
        if (body?.push(chunk) === false) controller.pause();
      },
      onResponseEnd() {
        isComplete = true;
        body?.push(null);
      },
      onResponseError(_controller, error) {
        isComplete = true;
        const failure = toUpstreamFailure(error, connection !== undefined);
        if (body) body.destroy(failure);
        else reject(failure);
      },
    });
  });
}

/** Converts an error of the HTTP client into an upstream failure; returns errors in its use unchanged. */
function toUpstreamFailure(error: Error, wasStarted: boolean): Error {
  if (error instanceof UpstreamTimeoutError || error instanceof ClientGoneError) return error;
  if ('code' in error && MISUSE_CODES.has(String(error.code))) return error;
  return new ConnectionFailedError(error, lossOf(error, wasStarted));
}

function lossOf(error: Error, wasStarted: boolean): Loss {
  const syscall = 'syscall' in error ? error.syscall : undefined;
  if (syscall === 'write') return 'unsent';
  if (wasStarted) return 'broken';
  // A kept-alive connection was reset before the request was written to it.
  return syscall === 'read' ? 'unsent' : 'unreachable';
}
