import { Menu as BaseMenu } from '@base-ui/react/menu';
import { Check } from 'lucide-react';
import type { ReactNode } from 'react';
import { usePopupContainer } from './popup-container.ts';

const ITEM_CLASS =
  'flex h-8 w-full cursor-default items-center justify-between gap-6 rounded px-2 text-start outline-none select-none data-highlighted:bg-hover';

export interface MenuProps {
  readonly label: string;
  readonly trigger: ReactNode;
  readonly triggerClass?: string;
  readonly children: ReactNode;
}

/** A menu button. Open at first, since it is created when the user asks for it. */
export function Menu({ label, trigger, triggerClass, children }: MenuProps) {
  const popupContainer = usePopupContainer();
  return (
    <BaseMenu.Root modal={false} defaultOpen>
      <BaseMenu.Trigger aria-label={label} title={label} className={triggerClass}>
        {trigger}
      </BaseMenu.Trigger>
      <BaseMenu.Portal container={popupContainer}>
        <BaseMenu.Positioner sideOffset={4} align="end" className="z-50 outline-none">
          <BaseMenu.Popup className="popup min-w-52 rounded-lg border border-line bg-raised p-1 shadow-float outline-none">
            {children}
          </BaseMenu.Popup>
        </BaseMenu.Positioner>
      </BaseMenu.Portal>
    </BaseMenu.Root>
  );
}

/** An action of a menu. */
export function MenuItem({
  onClick,
  children,
}: {
  readonly onClick: () => void;
  readonly children: ReactNode;
}) {
  return (
    <BaseMenu.Item className={ITEM_CLASS} onClick={onClick}>
      {children}
    </BaseMenu.Item>
  );
}

export interface MenuChoiceProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** A choice of one option within a menu. */
export function MenuChoice<Value extends string>({
  label,
  options,
  value,
  onChange,
}: MenuChoiceProps<Value>) {
  return (
    <BaseMenu.Group>
      <BaseMenu.GroupLabel className="px-2 pt-2 pb-1 text-xs font-medium text-faint">
        {label}
      </BaseMenu.GroupLabel>
      <BaseMenu.RadioGroup value={value} onValueChange={(next: Value) => onChange(next)}>
        {options.map((option) => (
          <BaseMenu.RadioItem
            key={option.value}
            value={option.value}
            closeOnClick={false}
            className={ITEM_CLASS}
          >
            {option.label}
            <BaseMenu.RadioItemIndicator>
              <Check aria-hidden="true" className="size-3.5" />
            </BaseMenu.RadioItemIndicator>
          </BaseMenu.RadioItem>
        ))}
      </BaseMenu.RadioGroup>
    </BaseMenu.Group>
  );
}

export interface MenuSwitchProps {
  readonly label: string;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
}

/** A setting of a menu that is on or off. */
export function MenuSwitch({ label, isOn, onChange }: MenuSwitchProps) {
  return (
    <BaseMenu.CheckboxItem
      checked={isOn}
      onCheckedChange={onChange}
      closeOnClick={false}
      className={ITEM_CLASS}
    >
      {label}
      <BaseMenu.CheckboxItemIndicator>
        <Check aria-hidden="true" className="size-3.5" />
      </BaseMenu.CheckboxItemIndicator>
    </BaseMenu.CheckboxItem>
  );
}

/** A line between groups of a menu. */
export function MenuSeparator() {
  return <BaseMenu.Separator className="my-1 h-px bg-line" />;
}
