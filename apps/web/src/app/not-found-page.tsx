import { Link } from '@tanstack/react-router';
import { buttonClass } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { PageTitle } from './page-title.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageTitle>Page not found</PageTitle>
      <EmptyState
        title="There is nothing at this address"
        action={
          <Link to="/" className={buttonClass({ tone: 'primary' })}>
            Go to the markets
          </Link>
        }
      >
        It may have moved, or the link may be incomplete.
      </EmptyState>
    </>
  );
}
