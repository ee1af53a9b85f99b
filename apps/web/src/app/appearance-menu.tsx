import type { Palette, Theme } from '../settings/appearance.ts';
import { changeAppearance, useAppearance } from '../settings/appearance.ts';
import type { LoadedMenuProps } from '../ui/lazy-menu.tsx';
import { Menu, MenuChoice, MenuSeparator, MenuSwitch } from '../ui/menu.tsx';

const THEMES: readonly { readonly value: Theme; readonly label: string }[] = [
  { value: 'system', label: 'As the system' },
  { value: 'light', label: 'Light' },
  { value: 'dark', label: 'Dark' },
];

const PALETTES: readonly { readonly value: Palette; readonly label: string }[] = [
  { value: 'green-red', label: 'Green and red' },
  { value: 'blue-orange', label: 'Blue and orange' },
];

export function AppearanceMenu(props: LoadedMenuProps) {
  const { theme, palette, hideAmounts } = useAppearance();
  return (
    <Menu {...props}>
      <MenuChoice
        label="Theme"
        options={THEMES}
        value={theme}
        onChange={(next) => changeAppearance({ theme: next })}
      />
      <MenuChoice
        label="Gains and losses"
        options={PALETTES}
        value={palette}
        onChange={(next) => changeAppearance({ palette: next })}
      />
      <MenuSeparator />
      <MenuSwitch
        label="Hide my amounts"
        isOn={hideAmounts}
        onChange={(isOn) => changeAppearance({ hideAmounts: isOn })}
      />
    </Menu>
  );
}
