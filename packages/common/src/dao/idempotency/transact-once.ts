import type { z } from 'zod';
import type { Decision, ReadItems, Reads, TableStore } from '../../database/table-store.ts';
import type { Intent } from './idempotency-record.ts';
import { firstAnswer, idempotencyRecord, rememberAnswer } from './idempotency-record.ts';

/** A name that no use case gives to one of its own reads. */
const ANSWERED = 'answered before';

export interface OnceOptions<R extends Reads, T> {
  /** Absent when the client sent no Idempotency-Key: then every call takes effect. */
  readonly intent: Intent | undefined;
  readonly now: Date;
  readonly reads: R;
  readonly decide: (items: ReadItems<R>) => Decision<T>;
  /** Reads the remembered answer back. */
  readonly answer: z.ZodType<T>;
}

export interface Once<T> {
  readonly result: T;
  /** True when the result is the answer that an earlier call with the same key was given. */
  readonly isReplayed: boolean;
}

/**
 * `store.transact` that takes effect once for each intent: the record of the key is one of the writes, so either
 * the effect and its answer are both stored or neither is, and there is no moment in which a key is "running".
 * @throws ValidationError (422) when the key was used for another request; whatever `decide` throws
 */
export async function transactOnce<R extends Reads, T>(
  store: TableStore,
  options: OnceOptions<R, T>,
): Promise<Once<T>> {
  const { intent, now, reads, decide, answer } = options;
  if (!intent) return { result: await store.transact(reads, decide), isReplayed: false };

  return store.transact<Reads, Once<T>>({ ...reads, [ANSWERED]: idempotencyRecord.key(intent) }, (items) => {
    const known = firstAnswer(items[ANSWERED], intent, now);
    if (known !== undefined)
      return { writes: [], result: { result: answer.parse(JSON.parse(known)), isReplayed: true } };
    // The items of `reads` are all there under their names; the type of a spread does not say so.
    const { writes, result } = decide(items as ReadItems<R>);
    return {
      writes: [...writes, rememberAnswer(intent, JSON.stringify(result), now)],
      result: { result, isReplayed: false },
    };
  });
}
