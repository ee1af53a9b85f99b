import type { IsoTime } from '@cnop/common/core/brands';
import { useEffect, useState } from 'react';
import { formatAge, formatDateTime, formatShortDateTime } from '../format/times.ts';

export interface TimeProps {
  readonly value: IsoTime | null | undefined;
  readonly isExact?: boolean;
}

/** A moment in the time zone of the user. */
export function Time({ value, isExact = false }: TimeProps) {
  if (!value) return <span className="text-faint">—</span>;
  return (
    <time dateTime={value} title={formatDateTime(value)} className="numeric">
      {isExact ? formatDateTime(value) : formatShortDateTime(value)}
    </time>
  );
}

const SECOND_MILLISECONDS = 1000;

/** How long ago a moment was, counted on each second. */
export function Age({ value }: { readonly value: IsoTime }) {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MILLISECONDS);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={value} title={formatDateTime(value)} className="numeric">
      {formatAge(value, now)}
    </time>
  );
}
