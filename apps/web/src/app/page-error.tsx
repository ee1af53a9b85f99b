import { Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { reloadPage } from '../ui/reload-page.ts';
import { PageTitle } from './page-title.tsx';

export interface PageErrorProps {
  readonly error: unknown;
}

/** Instead of a page that broke: the shell stays, and there is a way on. */
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
