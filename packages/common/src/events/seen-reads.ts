import type { Username } from '../core/brands.ts';
import type { MonotonicClock } from '../core/clock.ts';
import { systemMonotonicClock } from '../core/clock.ts';
import type { MessageBus } from '../messaging/message-bus.ts';
import { EVENTS_CHANNEL } from './announcing-store.ts';

/** The age up to which a value is returned although a message about its change may have been lost. */
const MAX_AGE_MILLISECONDS = 5_000;
const MAX_USERS = 10_000;
const MAX_VALUES_OF_A_USER = 100;
/** Values that never change again. */
const MAX_FINAL_VALUES = 5_000;

/** A read of a value that belongs to one user. */
export interface SeenRead {
  readonly username: Username;
  /** The name of the value among those of its user. */
  readonly id: string;
  /** The `seq` of an event that the client has seen, so it must see its effect; undefined to read the store. */
  readonly seen: number | undefined;
}

/** Values of users that are read from memory by clients that say which of their events they have seen. */
export interface SeenReads<Value> {
  /**
   * Returns a value that is not older than the event that the client has seen. It is read from the store unless it is in
   * memory: for at most five seconds, and until an event of its user.
   * @param load reads the value, consistently
   */
  read(request: SeenRead, load: () => Promise<Value>): Promise<Value>;
  close(): void;
}

export interface SeenReadsOptions<Value> {
  readonly bus: Pick<MessageBus, 'subscribe' | 'link'>;
  /** Returns the `seq` of the last event that a value includes; by default the one that the client of its read has seen. */
  readonly seqOf?: (value: Value) => number;
  /** Returns whether a value never changes again. Such a value is returned to every client of its user. */
  readonly isFinal?: (value: Value) => boolean;
  readonly monotonicClock?: MonotonicClock;
}

interface Entry<Value> {
  readonly value: Value;
  /** All events up to this `seq` are in the value. */
  readonly seq: number;
  /** The start of the read, since the value was true then. */
  readonly readAtMilliseconds: number;
}

/**
 * Creates an empty memory. It listens to events from the first read on that says what its client has seen, so that it costs
 * nothing until then.
 *
 * No value is older than what its client has seen, whatever happens to messages: an event is in the commit of its effect, so
 * a consistent read that starts after a client has seen an event includes it. Messages only make values newer.
 * @see docs/adr/0055-reads-from-memory.md
 */
export function createSeenReads<Value>({
  bus,
  seqOf,
  isFinal = () => false,
  monotonicClock = systemMonotonicClock,
}: SeenReadsOptions<Value>): SeenReads<Value> {
  const valuesOf = new Map<string, Map<string, Entry<Value>>>();
  const finalValues = new Map<string, Value>();
  let stopListening: (() => void) | undefined;

  function listen(): () => void {
    const unsubscribe = bus.subscribe(EVENTS_CHANNEL, (username) => valuesOf.delete(username));
    const stopClearing = bus.link?.onUp(() => valuesOf.clear());
    return () => {
      unsubscribe();
      stopClearing?.();
    };
  }

  /** Returns the values of a user. An event replaces them, so that a read during which it came keeps nothing. */
  function ownValues(username: Username): Map<string, Entry<Value>> {
    const known = valuesOf.get(username);
    if (known && known.size < MAX_VALUES_OF_A_USER) return known;
    const own = new Map<string, Entry<Value>>();
    valuesOf.delete(username);
    valuesOf.set(username, own);
    dropOldest(valuesOf, MAX_USERS);
    return own;
  }

  async function readSeen(
    { username, id, seen }: SeenRead & { readonly seen: number },
    load: () => Promise<Value>,
  ) {
    stopListening ??= listen();
    const own = ownValues(username);
    const readAtMilliseconds = monotonicClock.elapsedMilliseconds();
    const entry = own.get(id);
    if (entry && entry.seq >= seen && readAtMilliseconds - entry.readAtMilliseconds < MAX_AGE_MILLISECONDS)
      return entry.value;
    const value = await load();
    own.set(id, { value, seq: seqOf?.(value) ?? seen, readAtMilliseconds });
    return value;
  }

  return {
    async read({ username, id, seen }, load) {
      const finalKey = `${username} ${id}`;
      const final = finalValues.get(finalKey);
      if (final !== undefined) return final;
      const value = await (seen === undefined ? load() : readSeen({ username, id, seen }, load));
      if (isFinal(value)) {
        finalValues.set(finalKey, value);
        dropOldest(finalValues, MAX_FINAL_VALUES);
      }
      return value;
    },
    close: () => stopListening?.(),
  };
}

function dropOldest(values: Map<string, unknown>, maxSize: number): void {
  const oldest = values.size > maxSize ? values.keys().next().value : undefined;
  if (oldest !== undefined) values.delete(oldest);
}
