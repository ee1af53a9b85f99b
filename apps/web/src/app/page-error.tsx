import { Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { ErrorState } from '../ui/error-state.tsx';

export interface PageErrorProps {
  readonly error: unknown;
  readonly reset: () => void;
}

/** Instead of a page that broke: the shell stays, and there is a way on. */
export function PageError({ error, reset }: PageErrorProps) {
  return (
    <div className="grid justify-items-center">
      <ErrorState title="This page could not be shown" error={error} onRetry={reset} />
      <Link to="/" className={buttonClass({ tone: 'quiet' })}>
        Go to the markets
      </Link>
    </div>
  );
}
