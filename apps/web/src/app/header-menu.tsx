import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { logOut } from '../api/auth/credentials.ts';
import { changeAppearance, PALETTES, THEMES, useAppearance } from '../settings/appearance.ts';
import type { LoadedMenuProps } from '../ui/lazy-menu.tsx';
import { Menu, MenuChoice, MenuItem, MenuSeparator, MenuSwitch } from '../ui/menu.tsx';

export function AccountMenu(props: LoadedMenuProps) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();

  const leave = async (): Promise<void> => {
    // A request that is refused afterwards would look like a session that was ended from elsewhere.
    await queryClient.cancelQueries();
    // Signing out must work even when the server cannot be reached.
    await logOut().catch(() => undefined);
    await navigate({ to: '/' });
  };

  return (
    <Menu {...props}>
      <MenuItem onClick={() => void navigate({ to: '/profile' })}>Profile and sessions</MenuItem>
      <MenuSeparator />
      <MenuItem onClick={() => void leave()}>Sign out</MenuItem>
    </Menu>
  );
}

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
