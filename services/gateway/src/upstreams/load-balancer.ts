import { UnavailableError } from '@cnop/exception/errors';
import { chooseEligible, chooseInPanic } from './choose-instance.ts';
import type { Attempt, Instance, RequestKind } from './instance.ts';
import { createRetryBudget } from './retry-budget.ts';
import type { OutgoingRequest, StreamedResponse } from './send-request.ts';
import type { RetryReason } from './upstream.ts';
import type { Deadline, Patience } from './upstream-failures.ts';
import { createAttemptDeadline } from './upstream-failures.ts';

/** The methods that may be repeated (RFC 9110, section 9.2.2). */
const IDEMPOTENT_METHODS = new Set(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE']);
/** A second one at the same time costs a service no more than work. */
const READ_METHODS = new Set(['GET', 'HEAD']);
/** The time within which the first instance should begin to answer a read, before another one is asked. */
const PATIENCE_MILLISECONDS = 1_000;
const IDEMPOTENCY_KEY_HEADER = 'idempotency-key';

/** Spreads requests over the instances of a service. */
export interface LoadBalancer {
  /**
   * Sends a request to an instance, and to others as long as it may be repeated.
   * @throws UnavailableError (503) when there is no instance, or all are ejected and busy
   * @throws UpstreamError (502 or 504) when no instance responds
   * @throws ClientGoneError when the client disconnects
   */
  send(request: OutgoingRequest, kind: RequestKind, deadline: Deadline): Promise<StreamedResponse>;
  /** The number of retries for each reason. */
  readonly retries: Readonly<Record<RetryReason, number>>;
  /** The number of retries that the budget refused. */
  readonly refusedRetries: number;
}

interface LoadBalancerOptions {
  /** Returns the current instances. */
  readonly instances: () => readonly Instance[];
  /** Returns milliseconds of a monotonic clock. */
  readonly now: () => number;
  /** Returns a number from 0 to 1, without 1. */
  readonly random: () => number;
}

/** The course of a request so far. */
interface Course {
  readonly kind: RequestKind;
  readonly isRepeatable: boolean;
  /** The instances that were asked, in this order. */
  readonly tried: Instance[];
  /** Whether it was repeated after it had been lost. */
  isRepeated: boolean;
}

/**
 * Creates a load balancer that chooses the less loaded of two random instances.
 *
 * A request that no service has received goes to the next instance, whatever its method. One that was lost later, or that
 * an instance cannot serve now, is repeated only if its method is idempotent or it has an `Idempotency-Key`, and only
 * within the retry budget. A read that the first instance does not begin to answer within a second goes to another one, if
 * one is fit and the budget allows it.
 */
export function createLoadBalancer({ instances, now, random }: LoadBalancerOptions): LoadBalancer {
  const budget = createRetryBudget();
  const retries = { unreachable: 0, unsent: 0, broken: 0, bad_gateway: 0, unavailable: 0, slow: 0 };

  const optionsFor = ({ kind, tried }: Course) => ({
    tried,
    loadOf: (instance: Instance) => instance.inFlight[kind],
    now: now(),
    random,
  });
  const chooseOther = (course: Course) => chooseEligible(instances(), optionsFor(course));
  const chooseAny = (course: Course) => chooseOther(course) ?? chooseInPanic(instances(), optionsFor(course));

  /** Returns the instance for another attempt, or undefined when the last one is final. */
  function chooseNext(course: Course, last: Instance, reason: RetryReason): Instance | undefined {
    const { tried, isRepeatable } = course;
    switch (reason) {
      case 'unreachable':
        return chooseAny(course);
      case 'unsent':
        // The same instance is asked again once, on a new connection.
        return chooseOther(course) ?? (tried.indexOf(last) === tried.length - 1 ? last : undefined);
      case 'broken':
      case 'bad_gateway':
        // Once, since a request that breaks an instance must not break them all.
        if (!isRepeatable || course.isRepeated || !budget.spend()) return undefined;
        course.isRepeated = true;
        return chooseOther(course) ?? last;
      case 'slow':
        // The budget was asked when the attempt was given up.
        return chooseAny(course);
      case 'unavailable': {
        const other = isRepeatable ? chooseOther(course) : undefined;
        return other && budget.spend() ? other : undefined;
      }
    }
  }

  return {
    retries,
    get refusedRetries() {
      return budget.refused;
    },
    async send(request, kind, deadline) {
      budget.earn();
      const isRepeatable =
        IDEMPOTENT_METHODS.has(request.method) || request.headers[IDEMPOTENCY_KEY_HEADER] !== undefined;
      const course: Course = { kind, isRepeatable, tried: [], isRepeated: false };
      const first = chooseAny(course);
      if (!first) throw new UnavailableError('A service is down; it is tried again shortly.');
      let instance = first;
      for (;;) {
        const outcome = await attemptWithPatience(instance, course, {
          request,
          deadline,
          mayGiveUp: () => chooseOther({ ...course, tried: [instance] }) !== undefined && budget.spend(),
        });
        course.tried.push(instance);
        const { trouble } = outcome;
        const mayRetry = trouble !== undefined && trouble !== 'timeout' && !deadline.reason();
        const next = mayRetry ? chooseNext(course, instance, trouble) : undefined;
        if (!mayRetry || !next) {
          if ('error' in outcome) throw outcome.error;
          return outcome.response;
        }
        retries[trouble]++;
        // Frees the connection.
        if ('response' in outcome) outcome.response.body.resume();
        instance = next;
      }
    },
  };
}

interface PatientAttempt extends Pick<Patience, 'mayGiveUp'> {
  readonly request: OutgoingRequest;
  readonly deadline: Deadline;
}

/** Sends a request to an instance; the first attempt of a read may be given up. */
async function attemptWithPatience(
  instance: Instance,
  { kind, tried }: Course,
  { request, deadline, mayGiveUp }: PatientAttempt,
): Promise<Attempt> {
  const isFirstOfRead = kind === 'request' && tried.length === 0 && READ_METHODS.has(request.method);
  if (!isFirstOfRead) return instance.attempt(request, kind, deadline);
  const patience = createAttemptDeadline(deadline, { milliseconds: PATIENCE_MILLISECONDS, mayGiveUp });
  const outcome = await instance.attempt(request, kind, patience);
  patience.stopClock();
  return outcome;
}
