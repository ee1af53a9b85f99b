import type { CandleInterval } from '@cnop/common/entities/inventory/candle';
import { formatDay, formatMinute } from '../../../format/times.ts';

/** The label of a moment on the axis: the day where days begin or are all there is, else the time of day. */
export function tickText(at: Date, interval: CandleInterval): string {
  const isMidnight = at.getHours() === 0 && at.getMinutes() === 0;
  return interval === '1d' || isMidnight ? formatDay(at) : formatMinute(at);
}
