import { lazyRouteComponent } from '@tanstack/react-router';

/** Answers without the services, so it tells whether the gateway itself can be reached. */
const PROBE_PATH = '/health/live';
const PROBE_TIMEOUT_MILLISECONDS = 5_000;
const PROBE_EVERY_MILLISECONDS = 2_000;

/** The code of a page could not be loaded, since the server cannot be reached. */
export class ServerAwayError extends Error {
  constructor(cause: unknown) {
    super('The server cannot be reached.', { cause });
    this.name = 'ServerAwayError';
  }
}

/** Returns whether the server can be reached. */
async function isServerReachable(): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(PROBE_TIMEOUT_MILLISECONDS);
    return (await fetch(PROBE_PATH, { cache: 'no-store', signal })).ok;
  } catch {
    return false;
  }
}

/**
 * Returns a component whose code is loaded on demand. The router reloads the document when code is missing, as after a new
 * release; while the server is away, which would leave the app for an error page of the browser, the component throws a
 * `ServerAwayError` instead.
 */
export const lazyPage: typeof lazyRouteComponent = (load, name) =>
  lazyRouteComponent(async () => {
    try {
      return await load();
    } catch (error) {
      if (await isServerReachable()) throw error;
      throw new ServerAwayError(error);
    }
  }, name);

/** Loads code that the page works without: while the server is away, it waits until it can be reached again. */
export async function loadWhenReachable<Code>(load: () => Promise<Code>): Promise<Code> {
  try {
    return await load();
  } catch {
    await new Promise<void>((resolve) => {
      onceReachable(resolve);
    });
    return load();
  }
}

/**
 * Calls back once the server can be reached again.
 * @returns what stops waiting
 */
export function onceReachable(callback: () => void): () => void {
  let isStopped = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const probe = async (): Promise<void> => {
    const isReachable = await isServerReachable();
    if (isStopped) return;
    if (isReachable) callback();
    else timer = setTimeout(() => void probe(), PROBE_EVERY_MILLISECONDS);
  };
  void probe();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}
