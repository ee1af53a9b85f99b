import { clsx } from 'clsx';
import { useId } from 'react';

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
  /** Classes of the chosen option, if it has a colour of its own. */
  readonly chosenClass?: string;
}

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly options: readonly SegmentedOption<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  readonly size?: 'small' | 'medium';
  readonly className?: string;
}

/** A choice of one of a few visible options. Built from radio buttons, so that arrow keys work. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>) {
  const { label, options, value, onChange, size = 'medium', className } = props;
  const name = useId();
  return (
    <fieldset className={clsx('min-w-0', className)}>
      <legend className="sr-only">{label}</legend>
      <div className="flex gap-0.5 rounded-md bg-sunken p-0.5">
        {options.map((option) => {
          const isChosen = option.value === value;
          return (
            <label
              key={option.value}
              className={clsx(
                // Keeps the hidden radio button inside, or the page would scroll sideways.
                'relative flex flex-1 cursor-pointer items-center justify-center rounded px-2 font-medium whitespace-nowrap',
                'has-focus-visible:outline-2 has-focus-visible:outline-accent',
                size === 'small' ? 'h-6 min-w-8 text-xs' : 'h-8 text-sm',
                isChosen
                  ? (option.chosenClass ?? 'bg-surface text-ink shadow-xs ring-1 ring-line')
                  : 'text-muted hover:text-ink',
              )}
            >
              <input
                type="radio"
                name={name}
                value={option.value}
                checked={isChosen}
                onChange={() => onChange(option.value)}
                className="sr-only"
              />
              {option.label}
            </label>
          );
        })}
      </div>
    </fieldset>
  );
}
