import { Select as BaseSelect } from '@base-ui/react/select';
import { clsx } from 'clsx';
import { Check, ChevronsUpDown } from 'lucide-react';
import { usePopupContainer } from './popup-container.ts';

export interface SelectOption<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

export interface SelectProps<Value extends string> {
  readonly label: string;
  readonly options: readonly SelectOption<Value>[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
  /** Hides the label visually, where its place makes it clear. */
  readonly isLabelHidden?: boolean;
  readonly className?: string;
}

/** A list from which one option is chosen. */
export function Select<Value extends string>(props: SelectProps<Value>) {
  const { label, options, value, onChange, isLabelHidden = false, className } = props;
  const popupContainer = usePopupContainer();
  return (
    <BaseSelect.Root
      items={options.map((option) => ({ ...option }))}
      value={value}
      onValueChange={(next) => next !== null && onChange(next)}
      modal={false}
    >
      <div className={clsx('grid gap-1', className)}>
        <BaseSelect.Label className={clsx('text-sm font-medium text-muted', isLabelHidden && 'sr-only')}>
          {label}
        </BaseSelect.Label>
        <BaseSelect.Trigger className="field flex items-center justify-between gap-2 text-start">
          <BaseSelect.Value className="truncate" />
          <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
        </BaseSelect.Trigger>
      </div>
      <BaseSelect.Portal container={popupContainer}>
        <BaseSelect.Positioner sideOffset={4} alignItemWithTrigger={false} className="z-50 outline-none">
          <BaseSelect.Popup className="popup max-h-80 min-w-(--anchor-width) overflow-y-auto rounded-lg border border-line bg-raised p-1 shadow-float outline-none">
            {options.map((option) => (
              <BaseSelect.Item
                key={option.value}
                value={option.value}
                className="flex h-8 cursor-default items-center justify-between gap-4 rounded px-2 outline-none data-highlighted:bg-hover"
              >
                <BaseSelect.ItemText>{option.label}</BaseSelect.ItemText>
                <BaseSelect.ItemIndicator>
                  <Check aria-hidden="true" className="size-3.5" />
                </BaseSelect.ItemIndicator>
              </BaseSelect.Item>
            ))}
          </BaseSelect.Popup>
        </BaseSelect.Positioner>
      </BaseSelect.Portal>
    </BaseSelect.Root>
  );
}
