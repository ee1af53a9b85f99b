import type { InstanceState } from './instance-state.ts';
import { isEjected, isEligible, shareOf } from './instance-state.ts';

/** Limits what an ejected instance gets in a panic, so that a hung service answers at once instead of collecting requests. */
const MAX_TRIALS_IN_FLIGHT = 10;

/** An instance as the load balancer sees it. */
interface Choosable {
  readonly state: InstanceState;
}

interface ChoiceOptions<T> {
  /** The instances that have failed this request already. */
  readonly tried: readonly T[];
  /** The requests in flight of an instance. */
  readonly loadOf: (instance: T) => number;
  readonly now: number;
  /** Returns a number from 0 to 1, without 1. */
  readonly random: () => number;
}

/**
 * Chooses an eligible instance that has not been tried: the one of two random choices with fewer requests in flight. An
 * instance that re-enters takes part in as many draws as its share says.
 * @see docs/adr/0044-routing-that-survives-instances.md
 */
export function chooseEligible<T extends Choosable>(
  instances: readonly T[],
  options: ChoiceOptions<T>,
): T | undefined {
  const { tried, now, random } = options;
  const eligible = instances.filter(
    (instance) => isEligible(instance.state, now) && !tried.includes(instance),
  );
  if (eligible.length < 2) return eligible[0];
  const full = Math.max(...eligible.map(({ state }) => shareOf(state, now)));
  const drawn = eligible.filter(({ state }) => {
    const share = shareOf(state, now) / full;
    return share === 1 || random() < share;
  });
  return lessLoadedOfTwo(drawn, options);
}

/**
 * Chooses among all instances that have not been tried, when none is eligible (the panic rule): one that was not ejected,
 * since a probe may err, else an ejected one with few requests in flight.
 */
export function chooseInPanic<T extends Choosable>(
  instances: readonly T[],
  options: ChoiceOptions<T>,
): T | undefined {
  const { tried, now, loadOf } = options;
  const left = instances.filter((instance) => !tried.includes(instance));
  const notEjected = left.filter(({ state }) => !isEjected(state, now));
  if (notEjected.length > 0) return lessLoadedOfTwo(notEjected, options);
  return lessLoadedOfTwo(
    left.filter((instance) => loadOf(instance) < MAX_TRIALS_IN_FLIGHT),
    options,
  );
}

function lessLoadedOfTwo<T>(
  candidates: readonly T[],
  { loadOf, random }: Pick<ChoiceOptions<T>, 'loadOf' | 'random'>,
): T | undefined {
  if (candidates.length < 2) return candidates[0];
  const first = Math.floor(random() * candidates.length);
  // Any of the others.
  const second = (first + 1 + Math.floor(random() * (candidates.length - 1))) % candidates.length;
  const [one, other] = [candidates[first], candidates[second]];
  return one && other && loadOf(other) < loadOf(one) ? other : one;
}
