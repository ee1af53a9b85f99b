import type { IsoTime } from '@cnop/common/core/brands';
import type { ReactNode } from 'react';
import type { Days } from '../format/day-span.ts';
import { daysSchema } from '../format/day-span.ts';
import { Segmented } from './segmented.tsx';
import { Time } from './time.tsx';

const LABELS: Readonly<Record<Days, string>> = {
  '7': '7 days',
  '30': '30 days',
  '90': '90 days',
  '365': '1 year',
};
const OPTIONS = daysSchema.options.map((value) => ({ value, label: LABELS[value] }));

export interface DaysPageProps {
  readonly days: Days;
  readonly onDays: (days: Days) => void;
}

interface DaysBarProps extends DaysPageProps {
  /** The time up to which the figures are complete; null before the first pass, undefined to say nothing. */
  readonly completeTo?: IsoTime | null | undefined;
  readonly children?: ReactNode;
}

/** Chooses the days of a page, and says up to when its figures are complete. */
export function DaysBar({ days, onDays, completeTo, children }: DaysBarProps) {
  return (
    <div className="flex flex-wrap items-center justify-between gap-3">
      <Segmented label="Days" options={OPTIONS} value={days} onChange={onDays} />
      <div className="flex flex-wrap items-center gap-3 text-sm text-muted">
        {completeTo === null && <span>The first figures are being computed.</span>}
        {completeTo && (
          <span>
            Complete up to <Time value={completeTo} isExact />
          </span>
        )}
        {children}
      </div>
    </div>
  );
}

/** A titled card with a table or its empty state. */
export function Panel({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="card">
      <h2 className="border-b border-line px-4 py-3 font-medium">{title}</h2>
      {children}
    </section>
  );
}
