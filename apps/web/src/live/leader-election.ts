/** The locks with which tabs elect a leader; `navigator.locks` in a browser. */
export interface Locks {
  /** Calls back once the lock is held, and holds it until the promise settles. */
  request(name: string, hold: () => Promise<void>): Promise<void>;
}

export interface Leadership {
  /** Gives up the lead or stops waiting for it. */
  resign(): void;
}

/**
 * Makes one tab of a browser the leader, which holds the shared connection. When it closes, the browser frees the lock
 * and the tab that waited longest takes over. Without locks, as in an insecure context, every tab leads itself.
 * @param lead starts the work of the leader and returns what stops it
 */
export function electLeader(
  { locks, name }: { readonly locks: Locks | undefined; readonly name: string },
  lead: () => () => void,
): Leadership {
  let hasResigned = false;
  let release: (() => void) | undefined;

  const hold = async (): Promise<void> => {
    if (hasResigned) return;
    const stop = lead();
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    stop();
  };

  // If the browser refuses the lock, the tab leads itself.
  if (locks) locks.request(name, hold).catch(() => void hold());
  else void hold();

  return {
    resign() {
      hasResigned = true;
      release?.();
    },
  };
}
