import { useEffect, useState } from 'react';

/** A value once it has rested: every keystroke would be a request otherwise. */
export function useDebounced<Value>(value: Value, delayMilliseconds: number): Value {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), delayMilliseconds);
    return () => clearTimeout(timer);
  }, [value, delayMilliseconds]);
  return rested;
}
