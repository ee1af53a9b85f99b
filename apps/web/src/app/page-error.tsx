import { Link, useRouter } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';
import { PageTitle } from './page-title.tsx';

export interface PageErrorProps {
  readonly error: unknown;
  readonly reset: () => void;
}

/** Instead of a page that broke: the shell stays, and there is a way on. */
export function PageError({ error, reset }: PageErrorProps) {
  const router = useRouter();
  const retry = (): void => {
    reset();
    // What failed may have been the way to the page, which is asked for again.
    void router.invalidate();
  };
  return (
    <div className="grid justify-items-center">
      <PageTitle isHidden>This page could not be shown</PageTitle>
      <ErrorState title="This page could not be shown" error={error} onRetry={retry} />
      <Link to="/" className={buttonClass({ tone: 'quiet' })}>
        Go to the markets
      </Link>
    </div>
  );
}
