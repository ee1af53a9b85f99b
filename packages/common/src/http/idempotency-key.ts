import { createHash } from 'node:crypto';
import { ValidationError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
const IDEMPOTENCY_REPLAYED_HEADER = 'idempotency-replayed';
/** 1 to 128 printable ASCII characters. The header may also be a quoted string, as in the IETF draft. */
const KEY_PATTERN = /^[\x20-\x7e]{1,128}$/;

/** A client's key for a command: a request with the same key and the same body takes effect once. */
export interface IdempotencyKey {
  readonly key: string;
  /** Detects another request under the same key. */
  readonly requestHash: string;
}

/**
 * Reads the optional `Idempotency-Key` header of a request.
 * @throws ValidationError (422) when the key is empty, too long or not printable
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function idempotencyKeyOf(request: FastifyRequest): IdempotencyKey | undefined {
  const header = request.headers[IDEMPOTENCY_KEY_HEADER];
  if (header === undefined) return undefined;
  const key = typeof header === 'string' ? unquote(header) : '';
  if (!KEY_PATTERN.test(key)) {
    throw ValidationError.ofHeader('Idempotency-Key', 'Use 1 to 128 printable characters.');
  }
  return { key, requestHash: requestHashOf(request.body) };
}

/** Marks a response that repeats the first one, by the header `Idempotency-Replayed: true`. */
export function markReplayed(reply: FastifyReply, isReplayed: boolean): void {
  if (isReplayed) void reply.header(IDEMPOTENCY_REPLAYED_HEADER, 'true');
}

function unquote(header: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(header) ? header.slice(1, -1).replaceAll(/\\(.)/g, '$1') : header;
}

/** Returns a SHA-256 hash of a parsed body, so that two spellings of one request have the same hash. */
export function requestHashOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('base64url');
}
