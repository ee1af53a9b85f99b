import { setTimeout as wait } from 'node:timers/promises';
import type { Env } from '@cnop/standalone/cluster/cluster-plan';
import type { SupervisedProcess } from '@cnop/standalone/cluster/supervisor';
import type { Fate, ProxiedRequest } from '@cnop/testing/faulty-proxy';
import { errorAnswer, transactionConflict } from '@cnop/testing/faulty-proxy';
import type { ClusterProcess } from '@cnop/testing/system/cluster';
import { startWithWrongClock } from '@cnop/testing/system/wrong-clock';
import type { ChaosPlatform } from './chaos-platform.ts';

/** Something that breaks, and how it is mended. */
export interface Fault {
  readonly name: string;
  /** Breaks it. */
  inject(): Promise<void>;
  /** Mends it; the time to recover begins when this resolves. */
  heal(): Promise<void>;
}

const MAX_STARTS = 5;

/** Starts a process as an orchestrator does: again, when it ends before it is ready. */
async function startAgain(process: SupervisedProcess, more: Env = {}): Promise<void> {
  for (let starts = 1; ; starts++) {
    try {
      await process.start(more);
      return;
    } catch (error) {
      if (starts === MAX_STARTS) throw error;
    }
  }
}

/** Ends a process at once; it starts again when the fault is healed. */
export function killed({ process }: ClusterProcess): Fault {
  return {
    name: `${process.name} killed (SIGKILL)`,
    inject: async () => void (await process.stop('SIGKILL')),
    heal: () => startAgain(process),
  };
}

/** Stops a process in order. */
export function stopped({ process }: ClusterProcess): Fault {
  return {
    name: `${process.name} stopped (SIGTERM)`,
    inject: async () => void (await process.stop('SIGTERM')),
    heal: () => startAgain(process),
  };
}

/** Makes a process hang, which keeps its connections open. */
export function frozen({ process }: ClusterProcess): Fault {
  const send = (signal: NodeJS.Signals) => {
    process.signal(signal);
    return Promise.resolve();
  };
  return {
    name: `${process.name} frozen (SIGSTOP)`,
    inject: () => send('SIGSTOP'),
    heal: () => send('SIGCONT'),
  };
}

/** Runs a process with a clock that differs from that of all others by some seconds. */
export function skewed(each: ClusterProcess, seconds: number): Fault {
  const { process } = each;
  return {
    name: `${process.name} with a clock off by ${seconds > 0 ? '+' : ''}${seconds} s`,
    async inject() {
      await process.stop('SIGTERM');
      await startWithWrongClock(each, seconds);
    },
    async heal() {
      await process.stop('SIGTERM');
      await startAgain(process);
    },
  };
}

/** Stops Redis, or makes it hang. */
export function withoutRedis({ redis }: ChaosPlatform): readonly Fault[] {
  const act = (change: () => void) => () => {
    change();
    return Promise.resolve();
  };
  return [
    { name: 'Redis away', inject: () => redis.stop(), heal: () => redis.start() },
    { name: 'Redis hangs', inject: act(redis.pause), heal: act(redis.goOn) },
  ];
}

const SHARE_OF_FAULTY_REQUESTS = 0.3;
const DELAY_MILLISECONDS = 300;
const WRITES = new Set(['PutItem', 'DeleteItem', 'TransactWriteItems']);
const TRANSACTION = 'TransactWriteItems';

/** The fates of requests to the store, by the name of the fault. */
const STORE_FAULTS: Readonly<Record<string, (request: ProxiedRequest) => Promise<Fate>>> = {
  'store away': () => Promise.resolve('broken'),
  'store silent': () => Promise.resolve('silence'),
  'store throttles': async (request) =>
    isFaulty() ? errorAnswer('ProvisionedThroughputExceededException') : request.forward(),
  'store reports conflicts': async (request) =>
    request.operation === TRANSACTION && isFaulty()
      ? transactionConflict(itemsOf(request))
      : request.forward(),
  'store loses answers of commits': async (request) => {
    const answer = await request.forward();
    return WRITES.has(request.operation) && isFaulty() ? 'broken' : answer;
  },
  'store slow': async (request) => {
    await wait(DELAY_MILLISECONDS * Math.random());
    return request.forward();
  },
};

/** Returns the faults of the store. */
export function faultyStore({ store }: ChaosPlatform): readonly Fault[] {
  return Object.entries(STORE_FAULTS).map(([name, fate]) => {
    const decide = (chosen: typeof fate | undefined) => () => {
      store.decideFate(chosen);
      return Promise.resolve();
    };
    return { name, inject: decide(fate), heal: decide(undefined) };
  });
}

function isFaulty(): boolean {
  return Math.random() < SHARE_OF_FAULTY_REQUESTS;
}

function itemsOf({ body }: ProxiedRequest): number {
  const items = body['TransactItems'];
  return Array.isArray(items) ? items.length : 0;
}
