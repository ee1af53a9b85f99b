/** How a tab asks to be the one that leads; `navigator.locks` in a browser. */
export interface Locks {
  /** Calls back once the lock is ours; it stays ours until the promise settles. */
  request(name: string, hold: () => Promise<void>): Promise<void>;
}

export interface Leadership {
  /** Gives up the lead, or the wait for it. */
  resign(): void;
}

/**
 * Makes one tab of a browser the leader, which holds the connection that all share. When it closes, the browser frees
 * the lock and the tab that waited longest takes over. Without locks, as in an insecure context, every tab leads itself.
 * @param lead begins what a leader does; the result ends it
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

  // A browser that refuses the lock leaves the tab without a leader, so it leads itself.
  if (locks) locks.request(name, hold).catch(() => void hold());
  else void hold();

  return {
    resign() {
      hasResigned = true;
      release?.();
    },
  };
}
