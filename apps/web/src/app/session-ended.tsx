import { Link, useRouterState } from '@tanstack/react-router';
import { X } from 'lucide-react';
import type { ExpiryReason } from '../session/access-token.ts';
import { leaveExpiredSession, sessionExpiryReason } from '../session/access-token.ts';
import { buttonClass, IconButton } from '../ui/button.tsx';

const REASONS: Readonly<Record<ExpiryReason, string>> = {
  signed_out: 'You signed out.',
  ended_by_user: 'You signed this device out from another one.',
  password_changed: 'Your password was changed on another device.',
  access_changed: 'An administrator changed your access.',
  token_reused: 'It was used in two places at once, so it was ended for your safety.',
  other_tab: 'You signed out in another tab.',
  unknown: 'Sign in again to go on.',
};

/** Tells on every page that the session has ended, and why. */
export function SessionEnded() {
  const here = useRouterState({ select: ({ location }) => location.href });
  const isSigningIn = here.startsWith('/sign-');
  return (
    <div
      role="alert"
      className="flex flex-wrap items-center gap-x-3 gap-y-1 border-t border-line bg-warn-soft px-3 py-2 sm:px-4"
    >
      <p className="me-auto">
        <span className="font-medium">Your session has ended.</span> {REASONS[sessionExpiryReason()]}
      </p>
      {!isSigningIn && (
        <Link to="/sign-in" search={{ redirect: here }} className={buttonClass({ size: 'small' })}>
          Sign in
        </Link>
      )}
      <IconButton label="Go on without an account" onClick={leaveExpiredSession}>
        <X aria-hidden="true" className="size-4" />
      </IconButton>
    </div>
  );
}
