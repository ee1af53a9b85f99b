import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { UnreadableRequestError } from '@cnop/exception/errors';
import { PROBLEM_CONTENT_TYPE, toProblemDetails } from '@cnop/exception/problem-details';

const STATUS_BY_CODE: Readonly<Record<string, number>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 408,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  HPE_HEADER_OVERFLOW: 431,
};
const DETAIL_BY_STATUS: Readonly<Record<number, string>> = {
  400: 'This is not a well-formed HTTP request.',
  408: 'The request took too long to arrive.',
  413: 'The body is too large.',
  431: 'The headers are too large.',
};

/**
 * Responds to bytes that Node could not parse as a request. There is no reply object yet, so the response is written to the
 * socket.
 * @param at the time in the problem document
 */
export function respondToClientError(
  error: Error & { readonly code?: string },
  socket: Duplex,
  at: Date,
): void {
  if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const status = STATUS_BY_CODE[error.code ?? ''] ?? 400;
  const problem = new UnreadableRequestError(DETAIL_BY_STATUS[status] ?? '', { status });
  const body = JSON.stringify(toProblemDetails(problem, { instance: '/', traceId: randomUUID(), at }));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    `content-type: ${PROBLEM_CONTENT_TYPE}`,
    'x-content-type-options: nosniff',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}
