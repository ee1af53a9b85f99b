import { Link } from '@tanstack/react-router';
import { useEffect } from 'react';
import { buttonClass, Spinner } from '../ui/button.tsx';
import { EmptyState, ErrorState, reloadPage } from '../ui/states.tsx';
import { PageTitle } from './page-title.tsx';
import { onceReachable, ServerAwayError } from './server-away.ts';

export function NotFoundPage() {
  return (
    <>
      <PageTitle>Page not found</PageTitle>
      <EmptyState
        title="This page does not exist"
        action={
          <Link to="/" className={buttonClass({ tone: 'primary' })}>
            Go to the markets
          </Link>
        }
      >
        Check the address, or go to the markets.
      </EmptyState>
    </>
  );
}

/** Replaces a page whose code could not be loaded, until the server answers again. */
function Reconnecting() {
  useEffect(() => onceReachable(reloadPage), []);
  return (
    <>
      <PageTitle>Reconnecting</PageTitle>
      <EmptyState title="The server cannot be reached" action={<Spinner />}>
        This page opens by itself as soon as it answers again.
      </EmptyState>
    </>
  );
}

interface PageErrorProps {
  readonly error: unknown;
}

/** Replaces a page that failed to render, inside the shell. */
export function PageError({ error }: PageErrorProps) {
  if (error instanceof ServerAwayError) return <Reconnecting />;
  return (
    <div className="grid justify-items-center">
      <PageTitle isHidden>This page could not be shown</PageTitle>
      <ErrorState title="This page could not be shown" error={error} onRetry={reloadPage} />
      <Link to="/" className={buttonClass({ tone: 'quiet' })}>
        Go to the markets
      </Link>
    </div>
  );
}
