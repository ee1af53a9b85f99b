import type { Clock } from '@cnop/common/core/clock';
import type { Count, SharedCounter } from '@cnop/common/limits/shared-counter';
import { CounterAwayError } from '@cnop/common/limits/shared-counter';
import type { WorkerLink } from '@cnop/common/messaging/worker-link';
import type { WindowCounter } from '@cnop/gateway/limits/window-counter';
import { createWindowCounter } from '@cnop/gateway/limits/window-counter';
import { z } from 'zod';

// Rate limits hold for all workers together: the parent counts. The questions of one turn of the event loop are one message.

const QUESTIONS_TOPIC = 'count';
const ANSWERS_TOPIC = 'counted';
const TIMEOUT_MILLISECONDS = 1_000;
/** Clients that one limit tracks in a minute; about 400 bytes each. */
const MAX_TRACKED_CLIENTS = 100_000;

const questionsSchema = z.object({
  batch: z.int(),
  questions: z.array(z.object({ client: z.string(), limit: z.int(), isCounted: z.boolean() })),
});
const answersSchema = z.object({
  batch: z.int(),
  counts: z.array(z.object({ isAllowed: z.boolean(), remaining: z.number(), waitSeconds: z.number() })),
});

type Question = z.infer<typeof questionsSchema>['questions'][number];

interface Asked {
  readonly question: Question;
  readonly resolve: (count: Count) => void;
  readonly reject: (error: Error) => void;
}

/** Creates the counter of a worker, which asks the parent. */
export function createWorkerCounter(link: WorkerLink): SharedCounter {
  const batches = new Map<number, readonly Asked[]>();
  let lastBatch = 0;
  let outgoing: Asked[] = [];

  const takeBatch = (batch: number): readonly Asked[] => {
    const asked = batches.get(batch) ?? [];
    batches.delete(batch);
    return asked;
  };
  const giveUp = (batch: number): void => {
    for (const { reject } of takeBatch(batch)) reject(new CounterAwayError());
  };
  const flush = (): void => {
    const batch = (lastBatch += 1);
    const questions = outgoing.map(({ question }) => question);
    batches.set(batch, outgoing);
    outgoing = [];
    if (!link.send(QUESTIONS_TOPIC, { batch, questions })) return giveUp(batch);
    setTimeout(() => giveUp(batch), TIMEOUT_MILLISECONDS).unref();
  };
  link.on(ANSWERS_TOPIC, (body) => {
    const { batch, counts } = answersSchema.parse(body);
    for (const [i, { resolve, reject }] of takeBatch(batch).entries()) {
      const count = counts[i];
      if (count) resolve(count);
      else reject(new CounterAwayError());
    }
  });
  const ask = (question: Question): Promise<Count> =>
    new Promise((resolve, reject) => {
      if (outgoing.length === 0) setImmediate(flush);
      outgoing.push({ question, resolve, reject });
    });

  return {
    take: (client, limit) => ask({ client, limit, isCounted: true }),
    waitSeconds: async (client, limit) => (await ask({ client, limit, isCounted: false })).waitSeconds,
    close: async () => undefined,
  };
}

/** Counts the requests of all workers, in their parent. */
export interface RequestCounts {
  /** Answers the questions of a worker. */
  serve(link: WorkerLink): void;
}

/** Creates the counts of all workers. */
export function createRequestCounts(clock: Clock): RequestCounts {
  const counters = new Map<number, WindowCounter>();
  const counterOf = (limit: number): WindowCounter => {
    const known = counters.get(limit);
    if (known) return known;
    const counter = createWindowCounter({ limit, clock, maxClients: MAX_TRACKED_CLIENTS });
    counters.set(limit, counter);
    return counter;
  };
  const answer = ({ client, limit, isCounted }: Question): Count => {
    if (isCounted) return counterOf(limit).take(client);
    const waitSeconds = counterOf(limit).waitSeconds(client);
    return { isAllowed: waitSeconds === 0, remaining: 0, waitSeconds };
  };
  return {
    serve(link) {
      link.on(QUESTIONS_TOPIC, (body) => {
        const { batch, questions } = questionsSchema.parse(body);
        link.send(ANSWERS_TOPIC, { batch, counts: questions.map(answer) });
      });
    },
  };
}
