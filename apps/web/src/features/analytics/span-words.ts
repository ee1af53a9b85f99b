const SECONDS_PER_MINUTE = 60;
const SECONDS_PER_HOUR = 3_600;
const SECONDS_PER_DAY = 86_400;
/** A span of two units shows the larger one alone. */
const ENOUGH = 2;

/** Formats a span of time in its largest unit of which it has at least two, such as `36 h` or `12 days`. */
export function formatSpan(seconds: number): string {
  const units = [
    [SECONDS_PER_DAY, 'days'],
    [SECONDS_PER_HOUR, 'h'],
    [SECONDS_PER_MINUTE, 'min'],
  ] as const;
  const unit = units.find(([length]) => seconds >= ENOUGH * length);
  return unit ? `${Math.floor(seconds / unit[0])} ${unit[1]}` : `${Math.floor(seconds)} s`;
}
