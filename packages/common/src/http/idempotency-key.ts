import { createHash } from 'node:crypto';
import { ValidationError } from '@cnop/exception/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';

const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';
const IDEMPOTENCY_REPLAYED_HEADER = 'idempotency-replayed';
/** 1 to 128 printable ASCII characters, bare or as a quoted string (the IETF draft's form). */
const KEY_PATTERN = /^[\x20-\x7e]{1,128}$/;

/** A client's name for one intent: the same key and the same request mean the same effect. */
export interface IdempotencyKey {
  readonly key: string;
  /** Tells the request from another one under the same key. */
  readonly requestHash: string;
}

/**
 * Reads the optional `Idempotency-Key` of a request.
 * @throws ValidationError (422) when the key is empty, too long or not printable
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

/** Marks an answer that was given before. */
export function markReplayed(reply: FastifyReply, isReplayed: boolean): void {
  if (isReplayed) void reply.header(IDEMPOTENCY_REPLAYED_HEADER, 'true');
}

function unquote(header: string): string {
  return /^"(?:[^"\\]|\\.)*"$/.test(header) ? header.slice(1, -1).replaceAll(/\\(.)/g, '$1') : header;
}

/** The body after its schema: two spellings of one request are the same request. */
export function requestHashOf(body: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(body ?? null))
    .digest('base64url');
}
