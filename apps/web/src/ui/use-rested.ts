import { useEffect, useState } from 'react';

const TYPING_PAUSE_MILLISECONDS = 250;

/**
 * Returns a value after it has not changed for a moment, so that previews ask the server after a pause in typing and not
 * with every keystroke.
 */
export function useRested<Value>(value: Value): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), TYPING_PAUSE_MILLISECONDS);
    return () => clearTimeout(timer);
  }, [value]);
  return rested;
}
