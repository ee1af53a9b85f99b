import { useNavigate } from '@tanstack/react-router';
import { logOut } from '../api/auth/log-out.ts';
import type { LoadedMenuProps } from '../ui/lazy-menu.tsx';
import { Menu, MenuItem, MenuSeparator } from '../ui/menu.tsx';

export function AccountMenu(props: LoadedMenuProps) {
  const navigate = useNavigate();

  const leave = async (): Promise<void> => {
    // A server that cannot be reached must not keep anybody signed in here.
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
