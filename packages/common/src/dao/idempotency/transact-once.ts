import { ValidationError } from '@cnop/exception/errors';
import { z } from 'zod';
import type { Username } from '../../core/brands.ts';
import { addSeconds, epochSeconds } from '../../core/clock.ts';
import type { Decision, Item, ReadItems, Reads, TableStore, Write } from '../../database/table-store.ts';
import { KEYS, SEPARATOR } from '../../database/tables.ts';
import { defineRecord } from '../record.ts';

/** Answers are remembered for 24 hours. */
const IDEMPOTENCY_TTL_SECONDS = 24 * 60 * 60;
/** The name of the idempotency record among the reads; no use case gives it to a read of its own. */
const ANSWERED = 'answered before';

const idempotencySchema = z.object({
  username: z.string().brand<'Username'>(),
  /** The command. A key may be used once for each. */
  route: z.string(),
  key: z.string(),
  request_hash: z.string(),
  /** The first answer, which a repeated request gets unchanged. */
  response: z.string(),
  expires_at_epoch_seconds: z.int(),
});
type Idempotency = z.infer<typeof idempotencySchema>;

export const idempotencyRecord = defineRecord<Idempotency, Pick<Idempotency, 'username' | 'route' | 'key'>>({
  table: 'users',
  schema: idempotencySchema,
  key: ({ username, route, key }) => ({
    pk: username,
    sk: KEYS.users.idempotency.skPrefix + route + SEPARATOR + key,
  }),
  expiresAtEpochSeconds: ({ expires_at_epoch_seconds }) => expires_at_epoch_seconds,
});

/** A command that may be retried: its user, its Idempotency-Key and a hash of the request. */
export interface Intent {
  readonly username: Username;
  readonly route: string;
  readonly key: string;
  readonly requestHash: string;
}

export interface OnceOptions<R extends Reads, T> {
  /** Undefined when the client sent no Idempotency-Key: then every call takes effect. */
  readonly intent: Intent | undefined;
  readonly now: Date;
  readonly reads: R;
  readonly decide: (items: ReadItems<R>) => Decision<T>;
  /** Parses a remembered answer. */
  readonly answer: z.ZodType<T>;
  /**
   * Returns the part of an answer to remember, to which `answer` adds the rest: a record below 1 KB takes one write unit of
   * DynamoDB less. Absent to remember all of it.
   * @see docs/adr/0048-an-answer-fits-into-one-unit.md
   */
  readonly remembered?: (result: T) => object;
}

export interface Once<T> {
  readonly result: T;
  /** True when the result is the answer to an earlier call with the same key. */
  readonly isReplayed: boolean;
}

/**
 * Runs `store.transact` so that it takes effect once for each intent. The idempotency record is one of the writes, so an
 * effect and its answer are stored together or not at all, and no key is ever "running" (ADR 0005).
 * @throws ValidationError (422) when the key was used for another request; everything that `decide` throws
 */
export async function transactOnce<R extends Reads, T>(
  store: TableStore,
  options: OnceOptions<R, T>,
): Promise<Once<T>> {
  const { intent, now, reads, decide, answer, remembered } = options;
  if (!intent) return { result: await store.transact(reads, decide), isReplayed: false };

  return store.transact<Reads, Once<T>>({ ...reads, [ANSWERED]: idempotencyRecord.key(intent) }, (items) => {
    const known = firstAnswer(items[ANSWERED], intent, now);
    if (known !== undefined)
      return { writes: [], result: { result: answer.parse(JSON.parse(known)), isReplayed: true } };
    // All of `reads` are among the items under their names; the type of a spread does not say so.
    const { writes, result } = decide(items as ReadItems<R>);
    return {
      writes: [
        ...writes,
        rememberAnswer(intent, JSON.stringify(remembered ? remembered(result) : result), now),
      ],
      result: { result, isReplayed: false },
    };
  });
}

/**
 * Returns the first answer to an intent; undefined when there is none or it has expired.
 * @throws ValidationError (422) when the key was used for another request
 */
function firstAnswer(item: Item | undefined, intent: Intent, now: Date): string | undefined {
  const found = idempotencyRecord.readIfPresent(item);
  if (!found || found.expires_at_epoch_seconds <= epochSeconds(now)) return undefined;
  if (found.request_hash !== intent.requestHash) {
    throw ValidationError.ofHeader('Idempotency-Key', 'This key was used for another request.', 'key_reused');
  }
  return found.response;
}

function rememberAnswer(intent: Intent, response: string, now: Date): Write {
  return idempotencyRecord.replace({
    username: intent.username,
    route: intent.route,
    key: intent.key,
    request_hash: intent.requestHash,
    response,
    expires_at_epoch_seconds: epochSeconds(addSeconds(now, IDEMPOTENCY_TTL_SECONDS)),
  });
}
