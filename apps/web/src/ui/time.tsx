import type { IsoTime } from '@cnop/common/core/brands';
import { formatDateTime, formatShortDateTime } from '../format/times.ts';

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
