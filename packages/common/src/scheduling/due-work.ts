import type { Logger } from 'pino';
import { isoTime } from '../core/brands.ts';
import type { Clock, MonotonicClock } from '../core/clock.ts';
import { MILLISECONDS_PER_SECOND, systemMonotonicClock } from '../core/clock.ts';
import { defineCounter, defineGauge } from '../core/figures.ts';
import type { Position } from '../core/pagination.ts';
import type { DueWork, DueWorkDao, DueWorkKind } from '../dao/schedule/due-work-dao.ts';
import { createDueWorkDao, dueWorkKindSchema } from '../dao/schedule/due-work-dao.ts';
import type { TableStore } from '../database/table-store.ts';
import type { ServiceApp } from '../http/service-app.ts';
import { createRepeater } from './repeater.ts';
import { createSemaphore } from './semaphore.ts';

const PAGE_SIZE = 50;
/** Handlers of one kind that run at once in one process. */
const SLOTS = 4;
/** A handler that failed, or left its work as it was, runs again after this pause, which doubles each time. */
const FIRST_RETRY_MILLISECONDS = 5_000;
const LAST_RETRY_MILLISECONDS = 600_000;

const countWork = defineCounter({
  name: 'cnop_due_work_total',
  help: 'Work that was due and has been handled, by kind and outcome (done, failed).',
  labelNames: ['kind', 'outcome'],
});
const showLag = defineGauge({
  name: 'cnop_due_work_lag_seconds',
  help: 'How long the longest overdue work of a kind has been due.',
  labelNames: ['kind'],
});

/**
 * Does work that is due. Its commit must read the item of the work and delete or replace it, so that the work is done once
 * whatever other processes do; without the item there is nothing left to do. A failure is logged and tried again later.
 */
export type WorkHandler = (work: DueWork) => Promise<void>;

export interface DueWorkOptions {
  readonly work: DueWorkDao;
  readonly handlers: Partial<Readonly<Record<DueWorkKind, WorkHandler>>>;
  readonly everyMilliseconds: number;
  readonly clock: Clock;
  readonly monotonicClock: MonotonicClock;
  readonly log: Pick<Logger, 'error'>;
}

/** Does the due work of all kinds that have a handler, while it is started. */
export interface DueWorkRunner {
  /** Does now what is due now. */
  run(): Promise<void>;
  start(): void;
  /** Stops; resolves after the handlers that run. */
  close(): Promise<void>;
}

/** Creates a runner. Each kind has its own pace, so slow work delays no other kind. */
export function createDueWorkRunner({
  handlers,
  everyMilliseconds,
  ...parts
}: DueWorkOptions): DueWorkRunner {
  let isClosing = false;
  const lanes = dueWorkKindSchema.options.flatMap((kind) => {
    const handler = handlers[kind];
    if (!handler) return [];
    const act = createLane(kind, { ...parts, handler, isClosing: () => isClosing });
    return [createRepeater({ everyMilliseconds, act })];
  });
  return {
    async run() {
      await Promise.all(lanes.map(async (lane) => lane.run()));
    },
    start() {
      for (const lane of lanes) lane.start();
    },
    async close() {
      isClosing = true;
      await Promise.all(lanes.map(async (lane) => lane.stop()));
    },
  };
}

interface AppWorkOptions extends Pick<DueWorkOptions, 'handlers' | 'everyMilliseconds' | 'clock'> {
  readonly store: TableStore;
  /** Plans work before the first look. */
  readonly prepare?: () => Promise<void>;
}

/** Does due work while an app is open. */
export function runDueWork(
  app: ServiceApp,
  { store, prepare, handlers, everyMilliseconds, clock }: AppWorkOptions,
): void {
  const runner = createDueWorkRunner({
    work: createDueWorkDao(store),
    handlers,
    everyMilliseconds,
    clock,
    monotonicClock: systemMonotonicClock,
    log: app.log,
  });
  app.addHook('onReady', async () => {
    await prepare?.();
    runner.start();
  });
  app.addHook('onClose', async () => runner.close());
}

type LaneParts = Omit<DueWorkOptions, 'handlers' | 'everyMilliseconds'> & {
  readonly handler: WorkHandler;
  readonly isClosing: () => boolean;
};

/** The pause before work is handled again. */
interface Retry {
  readonly atMilliseconds: number;
  readonly pauseMilliseconds: number;
}

/** Creates the run of one kind: passes over all that is due, until a pass has nothing to handle. */
function createLane(kind: DueWorkKind, parts: LaneParts): () => Promise<void> {
  const { clock, monotonicClock, log, handler, isClosing } = parts;
  const semaphore = createSemaphore({ slots: SLOTS });
  let retries = new Map<string, Retry>();

  async function handle(work: DueWork): Promise<void> {
    if (isClosing()) return;
    try {
      await handler(work);
      countWork({ kind, outcome: 'done' });
    } catch (error) {
      countWork({ kind, outcome: 'failed' });
      log.error({ err: error, kind, subject: work.subject, due_at: work.due_at }, 'due work failed');
    }
  }

  /** Returns whether anything was handled. Keeps the pauses of the work that is still due. */
  async function pass(): Promise<boolean> {
    const now = clock.now();
    const kept = new Map<string, Retry>();
    let hasHandled = false;
    let after: Position | undefined;
    let oldest: number | undefined;
    do {
      const page = await parts.work.getDue(kind, { at: isoTime(now), limit: PAGE_SIZE, after });
      oldest ??= page.items[0] && Date.parse(page.items[0].due_at);
      const ready = page.items.filter((work) => {
        const key = `${work.due_at} ${work.subject}`;
        const retry = retries.get(key);
        const elapsed = monotonicClock.elapsedMilliseconds();
        const isReady = !retry || retry.atMilliseconds <= elapsed;
        kept.set(key, isReady ? nextRetry(retry, elapsed) : retry);
        return isReady;
      });
      await Promise.all(ready.map(async (work) => semaphore.pass(async () => handle(work))));
      hasHandled ||= ready.length > 0;
      after = page.next;
    } while (after && !isClosing());
    if (!isClosing()) retries = kept;
    showLag(
      { kind },
      oldest === undefined ? 0 : Math.max(0, now.getTime() - oldest) / MILLISECONDS_PER_SECOND,
    );
    return hasHandled;
  }

  return async () => {
    try {
      while ((await pass()) && !isClosing());
    } catch (error) {
      log.error({ err: error, kind }, 'due work cannot be read');
    }
  };
}

function nextRetry(retry: Retry | undefined, elapsedMilliseconds: number): Retry {
  const pauseMilliseconds = Math.min(
    retry ? retry.pauseMilliseconds * 2 : FIRST_RETRY_MILLISECONDS,
    LAST_RETRY_MILLISECONDS,
  );
  return { pauseMilliseconds, atMilliseconds: elapsedMilliseconds + pauseMilliseconds };
}
