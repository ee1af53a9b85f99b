import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Button } from '../../../ui/button.tsx';
import { IconButton } from '../../../ui/icon-button.tsx';
import { dayAfter } from './audit-days.ts';

export interface AuditDayProps {
  readonly day: string;
  readonly today: string;
  readonly onChange: (day: string) => void;
}

/** Which day: one step at a time, or any. */
export function AuditDay({ day, today, onChange }: AuditDayProps) {
  return (
    <div className="flex items-center gap-1">
      <IconButton label="The day before" onClick={() => onChange(dayAfter(day, -1))}>
        <ChevronLeft aria-hidden="true" className="size-4" />
      </IconButton>
      <input
        type="date"
        aria-label="Day, in UTC"
        max={today}
        value={day}
        // A date that is being typed is empty until it is one.
        onChange={(event) => event.target.value !== '' && onChange(event.target.value)}
        className="field numeric w-36"
      />
      <IconButton label="The day after" disabled={day >= today} onClick={() => onChange(dayAfter(day, 1))}>
        <ChevronRight aria-hidden="true" className="size-4" />
      </IconButton>
      {day !== today && (
        <Button tone="quiet" onClick={() => onChange(today)}>
          Today
        </Button>
      )}
    </div>
  );
}
