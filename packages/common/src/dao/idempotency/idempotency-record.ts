import { ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { Item, Write } from '../../database/table-store.ts';
import { defineRecord } from '../record.ts';

/** How long a key is remembered. */
const IDEMPOTENCY_TTL_SECONDS = 24 * 60 * 60;

const idempotencySchema = z.object({
  username: z.string(),
  /** Which command the key was for: the same key may be used once for each. */
  route: z.string(),
  key: z.string(),
  request_hash: z.string(),
  /** The first answer, to be given again as it was. */
  response: z.string(),
  expires_at_epoch_seconds: z.int(),
});
type Idempotency = z.infer<typeof idempotencySchema>;

export const idempotencyRecord = defineRecord<Idempotency, Pick<Idempotency, 'username' | 'route' | 'key'>>({
  table: 'users',
  schema: idempotencySchema,
  key: ({ username, route, key }) => ({ pk: username, sk: `IDEM#${route}#${key}` }),
  expiresAtEpochSeconds: ({ expires_at_epoch_seconds }) => expires_at_epoch_seconds,
});

/** One retryable command: who sent it, under which key, and what it asked for. */
export interface Intent {
  readonly username: string;
  readonly route: string;
  readonly key: string;
  readonly requestHash: string;
}

/**
 * The answer that an intent was given before, if it was.
 * @throws ValidationError (422) when the key was used for another request
 */
export function firstAnswer(item: Item | undefined, intent: Intent, now: Date): string | undefined {
  const found = idempotencyRecord.readIfPresent(item);
  if (!found || found.expires_at_epoch_seconds <= epochSeconds(now)) return undefined;
  if (found.request_hash !== intent.requestHash) {
    throw ValidationError.ofHeader('Idempotency-Key', 'This key was used for another request.', 'key_reused');
  }
  return found.response;
}

/** Remembers the answer in the transaction that it speaks of. */
export function rememberAnswer(intent: Intent, response: string, now: Date): Write {
  return idempotencyRecord.replace({
    username: intent.username,
    route: intent.route,
    key: intent.key,
    request_hash: intent.requestHash,
    response,
    expires_at_epoch_seconds: epochSeconds(addSeconds(now, IDEMPOTENCY_TTL_SECONDS)),
  });
}
