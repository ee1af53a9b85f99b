import { Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState, ErrorState, reloadPage } from '../ui/states.tsx';
import { PageTitle } from './page-title.tsx';

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

interface PageErrorProps {
  readonly error: unknown;
}

/** Replaces a page that failed to render, inside the shell. */
export function PageError({ error }: PageErrorProps) {
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
