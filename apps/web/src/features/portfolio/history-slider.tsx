import type { IsoTime } from '@cnop/common/core/brands';
import { useId, useMemo } from 'react';
import type { HistoryPoint } from '../../api/account/portfolio.ts';
import { formatMoney } from '../../format/numbers.ts';
import { formatDateTime } from '../../format/times.ts';
import { useAppearance } from '../../settings/appearance.ts';
import { Money } from '../../ui/amounts.tsx';
import { Time } from '../../ui/time.tsx';

interface HistorySliderProps {
  /** Oldest first; the last one is the present. */
  readonly points: readonly HistoryPoint[];
  /** The chosen moment; `undefined` for the present. */
  readonly moment: IsoTime | undefined;
  readonly onMoment: (moment: IsoTime | undefined) => void;
}

/** Chooses a moment of the history, whose positions are shown below. */
export function HistorySlider({ points, moment, onMoment }: HistorySliderProps) {
  const id = useId();
  const { hideAmounts } = useAppearance();
  // Of two points at one moment, the later one is what the account was from then on.
  const moments = useMemo(() => points.filter(({ at }, index) => points[index + 1]?.at !== at), [points]);
  const last = moments.length - 1;
  const found = moment === undefined ? last : moments.findLastIndex(({ at }) => at <= moment);
  const index = Math.max(found, 0);
  const chosen = moments[index];
  if (!chosen) return null;
  const when = index === last ? 'Now' : formatDateTime(chosen.at);
  return (
    <div className="grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-3 border-t border-line px-4 py-2 text-sm sm:grid-cols-[auto_minmax(0,1fr)_15rem] print:hidden">
      <label htmlFor={id} className="text-muted">
        Look back
      </label>
      <input
        id={id}
        type="range"
        min={0}
        max={last}
        step={1}
        value={index}
        aria-valuetext={hideAmounts ? when : `${when}: ${formatMoney(chosen.total_value)}`}
        onChange={({ target: { valueAsNumber: next } }) =>
          onMoment(next === last ? undefined : moments[next]?.at)
        }
        className="h-6 w-full min-w-0 accent-(--accent)"
      />
      <output htmlFor={id} className="text-end max-sm:col-span-2">
        {index === last ? 'Now' : <Time value={chosen.at} isExact />}{' '}
        <Money value={chosen.total_value} className="font-medium" />
      </output>
    </div>
  );
}
