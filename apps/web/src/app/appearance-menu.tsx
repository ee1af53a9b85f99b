import { changeAppearance, useAppearance } from '../settings/appearance.ts';
import { PALETTES, THEMES } from '../settings/appearance-options.ts';
import type { LoadedMenuProps } from '../ui/lazy-menu.tsx';
import { Menu, MenuChoice, MenuSeparator, MenuSwitch } from '../ui/menu.tsx';

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
