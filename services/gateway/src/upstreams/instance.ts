import type { IncomingHttpHeaders } from 'node:http';
import { Pool } from 'undici';
import type { FailureReason, InstanceState } from './instance-state.ts';
import {
  afterFailure,
  afterProbe,
  afterResponse,
  afterUnavailable,
  isEjected,
  UNKNOWN_STATE,
} from './instance-state.ts';
import { createProber, fetchDocument } from './prober.ts';
import type { OutgoingRequest, StreamedResponse } from './send-request.ts';
import { sendRequest } from './send-request.ts';
import type { Deadline } from './upstream-failures.ts';
import { ConnectionFailedError, SlowInstanceError, UpstreamTimeoutError } from './upstream-failures.ts';

const MAX_CONNECTIONS = 128;
const CONNECT_TIMEOUT_MILLISECONDS = 1_000;
/** Shorter than that of the services, so that no request is sent on a connection they are closing. */
const KEEP_ALIVE_MILLISECONDS = 30_000;
const GATEWAY_FAILURES = new Set([502, 503, 504]);

/** Requests share connections. Each live stream has one of its own, so that it takes none from requests. */
export type RequestKind = 'request' | 'stream';

/** What became of sending a request to an instance. */
export type Attempt =
  | { readonly response: StreamedResponse; readonly trouble: 'unavailable' | 'bad_gateway' | undefined }
  | { readonly error: unknown; readonly trouble: FailureReason | 'unsent' | 'slow' | undefined };

/** One running process of a service. */
export interface Instance {
  readonly origin: URL;
  readonly state: InstanceState;
  /** The requests whose response has not started, and the open streams. */
  readonly inFlight: Readonly<Record<RequestKind, number>>;
  /** Sends a request; resolves when the response starts or fails, and never rejects. */
  attempt(request: OutgoingRequest, kind: RequestKind, deadline: Deadline): Promise<Attempt>;
  /** Asks for readiness now; resolves with the answer. */
  probe(): Promise<boolean>;
  /**
   * Reads a document, whatever the state of the instance is.
   * @throws Error when there is none
   */
  readDocument(path: string): Promise<unknown>;
  /** Starts probing at the interval, the first time at once. */
  start(): void;
  /** Stops probing, lets requests and streams in flight finish, and closes the connections. */
  drain(): Promise<unknown>;
  /** Like `drain`, but ends streams, which may take long. */
  close(): Promise<unknown>;
}

/** The parts of an instance that tests replace, and who is told of its ejections. */
export interface InstanceOptions {
  readonly probeIntervalMilliseconds: number;
  /** Returns milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Returns a number from 0 to 1, without 1. */
  readonly random: () => number;
  readonly onEjected: (origin: URL, reason: FailureReason) => void;
}

/** Creates the connections and the state of one instance. */
export function createInstance(origin: URL, options: InstanceOptions): Instance {
  const { probeIntervalMilliseconds, now, random, onEjected } = options;
  const { pools, probes, drain, close } = openPools(origin);
  const inFlight = { request: 0, stream: 0 };
  let state = UNKNOWN_STATE;
  const prober = createProber({
    dispatcher: probes,
    intervalMilliseconds: probeIntervalMilliseconds,
    random,
    onAnswer: (isReady) => {
      state = afterProbe(state, isReady, now());
    },
  });

  function noteFailure(reason: FailureReason): void {
    const wasEjected = isEjected(state, now());
    state = afterFailure(state, reason, now());
    if (!wasEjected && isEjected(state, now())) onEjected(origin, reason);
  }

  async function attempt(request: OutgoingRequest, kind: RequestKind, deadline: Deadline): Promise<Attempt> {
    inFlight[kind]++;
    let isStream = false;
    try {
      const response = await sendRequest(pools[kind], request, deadline);
      isStream = kind === 'stream';
      if (isStream) response.body.once('close', () => inFlight.stream--);
      const trouble = troubleOf(response);
      if (trouble === 'bad_gateway') noteFailure(trouble);
      else state = afterResponse(state, now());
      if (trouble === 'unavailable') {
        state = afterUnavailable(state);
        void prober.probe();
      }
      return { response, trouble };
    } catch (error) {
      const trouble = lossOf(error);
      // Probes tell a slow instance from one that hangs.
      if (trouble && trouble !== 'unsent' && trouble !== 'slow') noteFailure(trouble);
      return { error, trouble };
    } finally {
      if (!isStream) inFlight[kind]--;
    }
  }

  return {
    origin,
    get state() {
      return state;
    },
    inFlight,
    attempt,
    probe: prober.probe,
    readDocument: (path) => fetchDocument(probes, path),
    start: prober.start,
    drain() {
      prober.stop();
      return drain();
    },
    close() {
      prober.stop();
      return close();
    },
  };
}

/** Opens the pools of connections to an instance. */
function openPools(origin: URL) {
  const connection = {
    pipelining: 1,
    keepAliveTimeout: KEEP_ALIVE_MILLISECONDS,
    connect: { timeout: CONNECT_TIMEOUT_MILLISECONDS },
  };
  const pools: Readonly<Record<RequestKind, Pool>> = {
    request: new Pool(origin, { ...connection, connections: MAX_CONNECTIONS }),
    // The service limits the number of streams.
    stream: new Pool(origin, { ...connection, connections: null }),
  };
  // Busy connections must not make a probe wait.
  const probes = new Pool(origin, { ...connection, connections: 1 });
  let drained: Promise<unknown> | undefined;
  const drain = (): Promise<unknown> => {
    drained ??= Promise.all([pools.request.close(), pools.stream.close(), probes.destroy()]);
    return drained;
  };
  return { pools, probes, drain, close: () => Promise.all([drain(), pools.stream.destroy()]) };
}

/**
 * Returns what a response says about its instance. A 503 with `Retry-After` comes from an instance that is busy or not
 * ready. A 502, 503 or 504 that is no problem document comes from a proxy in front of it.
 */
function troubleOf({ statusCode, headers }: StreamedResponse): 'unavailable' | 'bad_gateway' | undefined {
  if (!GATEWAY_FAILURES.has(statusCode)) return undefined;
  if (statusCode === 503 && headers['retry-after'] !== undefined) return 'unavailable';
  return isProblem(headers) ? undefined : 'bad_gateway';
}

function lossOf(error: unknown): FailureReason | 'unsent' | 'slow' | undefined {
  if (error instanceof ConnectionFailedError) return error.loss;
  if (error instanceof SlowInstanceError) return 'slow';
  return error instanceof UpstreamTimeoutError ? 'timeout' : undefined;
}

/** Returns whether a response is a problem document, which services send and proxies do not. */
export function isProblem(headers: IncomingHttpHeaders): boolean {
  return headers['content-type']?.startsWith('application/problem+json') === true;
}
