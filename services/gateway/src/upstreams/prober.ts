import { json } from 'node:stream/consumers';
import type { Dispatcher } from 'undici';
import type { StreamedResponse } from './send-request.ts';
import { sendRequest } from './send-request.ts';
import { createDeadline } from './upstream-failures.ts';

const PROBE_TIMEOUT_MILLISECONDS = 1_000;
/** The share of the interval by which the time between two probes varies, so that gateways do not probe in step. */
const PROBE_JITTER = 0.1;
const READINESS_PATH = '/health/ready';

/** Asks one instance for its readiness (active health checking). */
export interface Prober {
  /** Asks now, or waits for the current question. Resolves with the answer, false when there is none in time. */
  probe(): Promise<boolean>;
  /** Asks at the interval, the first time at once. */
  start(): void;
  stop(): void;
}

interface ProberOptions {
  readonly dispatcher: Dispatcher;
  readonly intervalMilliseconds: number;
  /** Returns a number from 0 to 1, without 1. */
  readonly random: () => number;
  readonly onAnswer: (isReady: boolean) => void;
}

/** Creates a prober that does not ask yet. */
export function createProber({ dispatcher, intervalMilliseconds, random, onAnswer }: ProberOptions): Prober {
  let probing: Promise<boolean> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;

  async function ask(): Promise<boolean> {
    const isReady = await get(dispatcher, READINESS_PATH).then(
      ({ statusCode, body }) => {
        // Frees the connection.
        body.resume();
        return statusCode === 200;
      },
      () => false,
    );
    onAnswer(isReady);
    probing = undefined;
    return isReady;
  }

  function probe(): Promise<boolean> {
    probing ??= ask();
    return probing;
  }

  async function repeat(): Promise<void> {
    await probe();
    if (isStopped) return;
    const jitter = 1 + PROBE_JITTER * (2 * random() - 1);
    timer = setTimeout(() => void repeat(), intervalMilliseconds * jitter).unref();
  }

  return {
    probe,
    start: () => void repeat(),
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/**
 * Reads a JSON document of an instance.
 * @throws Error when there is none
 */
export async function fetchDocument(dispatcher: Dispatcher, path: string): Promise<unknown> {
  const { statusCode, body } = await get(dispatcher, path);
  if (statusCode === 200) return json(body);
  body.resume();
  throw new Error(`${path} answered ${statusCode}`);
}

function get(dispatcher: Dispatcher, path: string): Promise<StreamedResponse> {
  const deadline = createDeadline(PROBE_TIMEOUT_MILLISECONDS);
  const bodyTimeoutMilliseconds = PROBE_TIMEOUT_MILLISECONDS;
  const request = { method: 'GET', path, headers: {}, body: null, bodyTimeoutMilliseconds };
  return sendRequest(dispatcher, request, deadline).finally(deadline.stopClock);
}
