import type { Clock } from '@cnop/common/core/clock';

/**
 * Remembers what `load` gave for a while. Callers who come while it loads share the one load; a failure is not
 * remembered.
 */
export function cached<T>(
  load: () => Promise<T>,
  maxAgeMilliseconds: number,
  clock: Clock,
): () => Promise<T> {
  let value: Promise<T> | undefined;
  let loadedAtMilliseconds = 0;
  return () => {
    const now = clock.now().getTime();
    if (!value || now - loadedAtMilliseconds >= maxAgeMilliseconds) {
      const loading = load();
      value = loading;
      loadedAtMilliseconds = now;
      loading.catch(() => {
        if (value === loading) value = undefined;
      });
    }
    return value;
  };
}
